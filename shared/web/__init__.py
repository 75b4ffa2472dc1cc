"""The frame that pages stand in, and the house's own plain pages."""
