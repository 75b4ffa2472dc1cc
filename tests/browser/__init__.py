"""What people do, done in Debian's Chromium on the embedded stack."""
