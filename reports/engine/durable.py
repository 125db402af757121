"""Writing so that after a crash there is the old or the new, never something in between.

Belongs here: fsync, rename, modes.
Does not belong here: what is written.
"""

import os
from pathlib import Path

FILE_MODE, FOLDER_MODE = 0o600, 0o700


def make_private(folder: Path) -> None:
    """Make everything in the folder readable for its owner alone, whatever the umask is."""
    for path in [folder, *folder.rglob("*")]:
        path.chmod(FOLDER_MODE if path.is_dir() else FILE_MODE)


def sync_tree(folder: Path) -> None:
    """Bring every file and folder of a tree to the disk, the folder itself last."""
    for path in sorted(folder.rglob("*"), reverse=True):
        sync(path)
    sync(folder)


def sync(path: Path) -> None:
    """Bring one file, or the list of names in a folder, to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def rename_folder(old: Path, new: Path) -> None:
    """Give a finished folder its name, in one step, and bring the name to the disk."""
    old.rename(new)
    sync(new.parent)


def replace_text(path: Path, text: str) -> None:
    """Replace a small file in one step; a reader sees the old text or the new."""
    waiting = path.with_name(f"{path.name}.tmp")
    waiting.touch(mode=FILE_MODE)
    waiting.write_text(text, encoding="utf-8")
    sync(waiting)
    waiting.replace(path)
    sync(path.parent)
