"""Reception 前台: who comes in, who calls, who they are, and who serves them."""
