import tarfile
from datetime import timezone
from pathlib import Path


def task_func(folder, archive, cutoff):
    """
    Move the files of a folder that were last modified before a point in time into a gzip-compressed tar archive.

    The folder is searched to any depth. Archive members are named by their path relative to the folder, with '/' as
    separator, and keep their modification times. A file is deleted once the archive is complete. Afterwards, every
    sub-folder that holds nothing any more, or never did, is removed; the folder itself stays. Symbolic links are
    neither followed nor archived nor removed. If no file is old enough, nothing is changed and no archive is
    written.

    Parameters:
    - folder (str): The path of the folder.
    - archive (str): The path of the archive to write, which is outside the folder.
    - cutoff (datetime.datetime): The point in time, with a time zone. A file modified exactly then is not old.

    Returns:
    - list of str: The names of the archived members, sorted.

    Requirements:
    - tarfile
    - datetime
    - pathlib

    Raises:
    - ValueError: If `cutoff` has no time zone.
    - NotADirectoryError: If `folder` is not an existing folder.
    - FileExistsError: If `archive` exists already.

    Example:
    >>> import os
    >>> from datetime import datetime
    >>> os.makedirs('logs/2025')
    >>> for name in ('logs/2025/old.log', 'logs/new.log'):
    ...     open(name, 'w').close()
    >>> os.utime('logs/2025/old.log', (0, 0))
    >>> task_func('logs', 'logs.tar.gz', datetime(2000, 1, 1, tzinfo=timezone.utc))
    ['2025/old.log']
    >>> os.listdir('logs')
    ['new.log']
    """
    if cutoff.tzinfo is None:
        raise ValueError("the cutoff needs a time zone")
    limit = cutoff.astimezone(timezone.utc).timestamp()
    root = Path(folder)
    if not root.is_dir():
        raise NotADirectoryError(folder)
    if Path(archive).exists():
        raise FileExistsError(archive)
    entries = [path for path in sorted(root.rglob("*")) if not path.is_symlink()]
    old = [path for path in entries if path.is_file() and path.stat().st_mtime < limit]
    if not old:
        return []
    names = sorted(path.relative_to(root).as_posix() for path in old)
    with tarfile.open(archive, "w:gz") as tar:
        for name in names:
            tar.add(root / name, arcname=name)
    for path in old:
        path.unlink()
    for path in reversed(entries):
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()
    return names
