import os
import tarfile
import tempfile
import unittest
from datetime import datetime, timedelta, timezone


class TestCases(unittest.TestCase):
    cutoff = datetime(2026, 1, 1, tzinfo=timezone.utc)

    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = os.path.join(holder.name, "data")
        self.archive = os.path.join(holder.name, "old.tar.gz")
        os.mkdir(self.folder)

    def add(self, name, age_s, text="text"):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        modified = self.cutoff.timestamp() - age_s
        os.utime(path, (modified, modified))
        return path

    def left(self):
        return sorted(
            os.path.relpath(os.path.join(root, name), self.folder)
            for root, folders, files in os.walk(self.folder)
            for name in folders + files
        )

    def test_old_files_move_and_new_ones_stay(self):
        """Old files at any depth are listed, archived with their content and gone; the others stay."""
        self.add("b.log", 10, "first")
        self.add("sub/deep/a.log", 3600, "second")
        self.add("sub/new.log", -10)
        self.assertEqual(task_func(self.folder, self.archive, self.cutoff), ["b.log", "sub/deep/a.log"])
        with tarfile.open(self.archive, "r:gz") as tar:
            content = {name: tar.extractfile(name).read() for name in tar.getnames()}
        self.assertEqual(content, {"b.log": b"first", "sub/deep/a.log": b"second"})
        self.assertEqual(self.left(), ["sub", "sub/new.log"])

    def test_a_file_modified_at_the_cutoff_stays(self):
        """The comparison is strict."""
        self.add("edge.log", 0)
        self.add("older.log", 1)
        self.assertEqual(task_func(self.folder, self.archive, self.cutoff), ["older.log"])
        self.assertEqual(self.left(), ["edge.log"])

    def test_the_time_zone_of_the_cutoff_counts(self):
        """The same clock time in another zone is another cutoff."""
        self.add("a.log", 3600)
        paris = self.cutoff.replace(tzinfo=timezone(timedelta(hours=2)))
        self.assertEqual(task_func(self.folder, self.archive, paris), [])
        lima = self.cutoff.replace(tzinfo=timezone(timedelta(hours=-5)))
        self.assertEqual(task_func(self.folder, self.archive, lima), ["a.log"])

    def test_modification_times_are_kept(self):
        """An archive member has the modification time of its file."""
        self.add("a.log", 86400)
        task_func(self.folder, self.archive, self.cutoff)
        with tarfile.open(self.archive) as tar:
            self.assertEqual(tar.getmember("a.log").mtime, self.cutoff.timestamp() - 86400)

    def test_empty_folders_are_removed(self):
        """Sub-folders that became empty or were empty go, parents included; the folder itself stays."""
        self.add("x/y/z/a.log", 5)
        os.makedirs(os.path.join(self.folder, "hollow", "inner"))
        task_func(self.folder, self.archive, self.cutoff)
        self.assertEqual(self.left(), [])
        self.assertTrue(os.path.isdir(self.folder))

    def test_nothing_old_changes_nothing(self):
        """Without an old file there is no archive, and empty folders stay."""
        self.add("a.log", -5)
        os.mkdir(os.path.join(self.folder, "empty"))
        self.assertEqual(task_func(self.folder, self.archive, self.cutoff), [])
        self.assertFalse(os.path.exists(self.archive))
        self.assertEqual(self.left(), ["a.log", "empty"])

    def test_symbolic_links_are_left_alone(self):
        """A link to an old file or to a folder of old files is neither archived nor followed nor removed."""
        outside = tempfile.TemporaryDirectory()
        self.addCleanup(outside.cleanup)
        target = os.path.join(outside.name, "target.log")
        with open(target, "w", encoding="utf-8"):
            pass
        os.utime(target, (0, 0))
        self.add("a.log", 5)
        os.symlink(target, os.path.join(self.folder, "file_link"))
        os.symlink(outside.name, os.path.join(self.folder, "folder_link"))
        self.assertEqual(task_func(self.folder, self.archive, self.cutoff), ["a.log"])
        self.assertEqual(self.left(), ["file_link", "folder_link"])
        self.assertTrue(os.path.exists(target))

    def test_wrong_arguments_raise_before_anything_changes(self):
        """A naive cutoff, a missing folder and an existing archive each raise the stated exception."""
        path = self.add("a.log", 5)
        with self.assertRaises(ValueError):
            task_func(self.folder, self.archive, self.cutoff.replace(tzinfo=None))
        with self.assertRaises(NotADirectoryError):
            task_func(path, self.archive, self.cutoff)
        with open(self.archive, "w", encoding="utf-8") as file:
            file.write("precious")
        with self.assertRaises(FileExistsError):
            task_func(self.folder, self.archive, self.cutoff)
        with open(self.archive, encoding="utf-8") as file:
            self.assertEqual(file.read(), "precious")
        self.assertEqual(self.left(), ["a.log"])
