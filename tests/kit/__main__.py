"""`python -m tests.kit stop`: end the servers that KIT_KEEP=1 kept, and those of runs that died."""

import sys

from tests.kit.sharing import ROOT, _owner_lives, end_all

if sys.argv[1:] != ["stop"]:
    sys.exit("usage: python -m tests.kit stop")
for run in sorted(ROOT.iterdir()) if ROOT.exists() else []:
    if run.is_dir() and (run.name == "kept" or not _owner_lives(run)):
        print(f"ending {run.name}")
        end_all(run)
