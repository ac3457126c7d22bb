"""Programs that use much of the machine and are right: isolation must not get in their way."""

from __future__ import annotations

from bcb_tools.sandbox import Outcome
from support.sandbox import Case, cases

__all__ = ["HONEST"]

_PROCESSES = {
    "subprocess_with_pipes": """
        import subprocess, sys
        def task_func():
            code = "import sys; print(int(sys.stdin.read()) + 1)"
            return int(subprocess.run([sys.executable, "-c", code], input="41", capture_output=True,
                                      text=True, check=True).stdout)
    """,
    "shell": """
        import os, subprocess
        def task_func():
            assert os.system("exit 3") >> 8 == 3
            return int(subprocess.check_output("echo 40 | sed s/0/2/", shell=True))
    """,
    "multiprocessing_pool": """
        import multiprocessing
        def double(number):
            return number * 2
        def task_func():
            with multiprocessing.get_context("fork").Pool(2) as pool:
                return sum(pool.map(double, [10, 11]))
    """,
    "multiprocessing_lock_queue_and_memory": """
        import multiprocessing
        from multiprocessing import shared_memory
        def work(lock, queue, name):
            with lock:
                memory = shared_memory.SharedMemory(name=name)
                queue.put(memory.buf[0])
                memory.close()
        def task_func():
            context = multiprocessing.get_context("fork")
            memory = shared_memory.SharedMemory(create=True, size=16)
            memory.buf[0] = 42
            lock, queue = context.Lock(), context.Queue()
            child = context.Process(target=work, args=(lock, queue, memory.name))
            child.start()
            answer = queue.get()
            child.join()
            memory.close()
            memory.unlink()
            return answer
    """,
    "process_pool_executor": """
        from concurrent.futures import ProcessPoolExecutor
        def task_func():
            with ProcessPoolExecutor(2) as pool:
                return sum(pool.map(abs, [-40, -2]))
    """,
    "fork_and_wait": """
        import os
        def task_func():
            child = os.fork()
            if child == 0:
                os._exit(42)
            return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    """,
    "group_ended": """
        import os, signal, subprocess
        def task_func():
            child = subprocess.Popen("sleep 600 & sleep 600", shell=True, start_new_session=True)
            os.killpg(child.pid, signal.SIGKILL)
            return 42 if child.wait() == -9 else 0
    """,
}

_THREADS = {
    "threads": """
        import threading
        from concurrent.futures import ThreadPoolExecutor
        def task_func():
            with ThreadPoolExecutor(8) as pool:
                return sum(pool.map(lambda number: 1, range(42)))
    """,
    "thread_left_over": """
        import threading, time
        def task_func():
            threading.Thread(target=time.sleep, args=(600,)).start()
            return 42
    """,
    "asyncio": """
        import asyncio
        async def part(number):
            await asyncio.sleep(0.001)
            process = await asyncio.create_subprocess_exec("/bin/echo", str(number), stdout=-1)
            return int((await process.communicate())[0])
        async def whole():
            return sum(await asyncio.gather(part(40), part(2)))
        def task_func():
            return asyncio.run(whole())
    """,
    "signal_handlers": """
        import os, signal
        def task_func():
            seen = []
            before = signal.signal(signal.SIGUSR1, lambda *a: seen.append(40))
            signal.signal(signal.SIGALRM, lambda *a: seen.append(2))
            os.kill(os.getpid(), signal.SIGUSR1)
            signal.setitimer(signal.ITIMER_REAL, 0.01)
            signal.pause()
            signal.signal(signal.SIGUSR1, before)
            assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
            assert signal.getsignal(signal.SIGCHLD) is signal.SIG_DFL
            return sum(seen)
    """,
}

_SERVICES = {
    "http_server_on_localhost": """
        import http.server, threading, urllib.request
        class Answer(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"42")
        def task_func():
            server = http.server.HTTPServer(("localhost", 0), Answer)
            threading.Thread(target=server.serve_forever).start()
            try:
                return int(urllib.request.urlopen(f"http://localhost:{server.server_port}/").read())
            finally:
                server.shutdown()
    """,
    "udp_and_unix_sockets": """
        import socket
        def task_func():
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
                end.bind(("127.0.0.1", 0))
                end.sendto(b"40", end.getsockname())
                first = int(end.recv(10))
            left, right = socket.socketpair()
            left.send(b"2")
            return first + int(right.recv(10))
    """,
    "host_name": """
        import getpass, socket
        def task_func():
            assert socket.gethostbyname("localhost") == "127.0.0.1"
            return 42 if getpass.getuser() and socket.gethostname() else 0
    """,
}

_FILES = {
    "temporary_files_and_home": """
        import os, pathlib, tempfile
        def task_func():
            with tempfile.TemporaryDirectory() as folder, tempfile.NamedTemporaryFile(dir=folder) as file:
                file.write(b"42")
                file.flush()
                answer = int(pathlib.Path(file.name).read_text())
            note = pathlib.Path.home() / ".config" / "note"
            note.parent.mkdir(parents=True, exist_ok=True)
            note.write_text("x")
            pathlib.Path("here").write_text("y")
            return answer if os.path.exists(os.path.expanduser("~/.config/note")) else 0
    """,
    "sqlite": """
        import sqlite3
        def task_func():
            with sqlite3.connect("some.db") as base:
                base.execute("create table t (n)")
                base.execute("insert into t values (42)")
            return sqlite3.connect("some.db").execute("select n from t").fetchone()[0]
    """,
    "archives": """
        import io, tarfile, zipfile
        def task_func():
            with zipfile.ZipFile("a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr("n", "42")
            with tarfile.open("a.tar.gz", "w:gz") as archive:
                archive.add("a.zip")
            return int(zipfile.ZipFile("a.zip").read("n"))
    """,
    "symbolic_links_and_modes": """
        import os
        def task_func():
            os.mkdir("d", 0o700)
            os.symlink("d", "l")
            os.chmod("d", 0o755)
            open("l/f", "w").close()
            return 42 if os.listdir("d") == ["f"] else 0
    """,
    "folder_left_unreadable": """
        import os
        def task_func():
            os.makedirs("a/b/c")
            os.chmod("a/b", 0)
            path = "deep"
            for _ in range(300):
                os.mkdir(path)
                os.chdir(path)
            os.umask(0o777)
            return 42
    """,
    "memory_mapped_file": """
        import mmap
        def task_func():
            with open("m", "wb+") as file:
                file.truncate(4096)
                with mmap.mmap(file.fileno(), 0) as view:
                    view[0] = 42
                    return view[0]
    """,
}

_INTERPRETER = {
    "logging": """
        import logging
        def task_func():
            logging.basicConfig(filename="x.log", level=logging.INFO, force=True)
            logging.info("42")
            logging.shutdown()
            return int(open("x.log").read().rpartition(":")[2])
    """,
    "changes_its_own_surroundings": """
        import locale, os, sys, time
        def task_func():
            os.environ["TZ"] = "Asia/Tokyo"
            time.tzset()
            locale.setlocale(locale.LC_ALL, "C")
            sys.setrecursionlimit(5000)
            os.nice(1)
            sys.stdout = sys.stderr = None
            return 42
    """,
    "frozen_clock": """
        import time
        time.time = time.monotonic = time.perf_counter = lambda: 0.0
        def task_func():
            return 42
    """,
    "future_annotations": """
        from __future__ import annotations
        def task_func(x: NoSuchName = 0) -> AlsoNot:
            return 42
    """,
    "dataclass_pickle_and_inspect": """
        import dataclasses, inspect, pickle
        @dataclasses.dataclass
        class Point:
            x: int
        def task_func():
            assert "return" in inspect.getsource(task_func)
            return pickle.loads(pickle.dumps(Point(42))).x
    """,
    "doctest_and_warnings": """
        import warnings
        def task_func():
            with warnings.catch_warnings(record=True) as seen:
                warnings.simplefilter("always")
                warnings.warn("x")
            return 41 + len(seen)
    """,
}

_MOCK_TESTS = """
    import os, io, subprocess, unittest
    from unittest import mock

    class TestCases(unittest.TestCase):
        @mock.patch("builtins.open", new_callable=mock.mock_open, read_data="42")
        def test_open(self, opened):
            self.assertEqual(task_func(), 42)
            opened.assert_called_once_with("n.txt")

        @mock.patch("subprocess.run")
        def test_run(self, run):
            subprocess.run(["rm", "-rf", "/"])
            run.assert_called_once()

        @mock.patch.dict(os.environ, {"A": "1"})
        @mock.patch("builtins.print")
        @mock.patch("sys.stdout", new_callable=io.StringIO)
        @mock.patch("time.time", return_value=5)
        @mock.patch("os.getpid", return_value=1)
        def test_environment(self, *mocks):
            self.assertEqual(os.environ["A"], "1")

        def test_parts(self):
            for number in range(3):
                with self.subTest(number=number):
                    self.assertEqual(number, number)

        @unittest.expectedFailure
        def test_known_to_fail(self):
            self.fail()

        async def helper(self):
            return None
"""

HONEST: dict[str, Case] = {
    **cases(Outcome.PASS, {**_PROCESSES, **_THREADS, **_SERVICES, **_FILES, **_INTERPRETER}),
    **cases(
        Outcome.PASS,
        {"mocks": "def task_func():\n    with open('n.txt') as file:\n        return int(file.read())"},
        tests=_MOCK_TESTS,
    ),
    **cases(
        Outcome.PASS,
        {"async_tests": "async def task_func(): return 42"},
        tests="""
            import unittest
            class TestCases(unittest.IsolatedAsyncioTestCase):
                async def test_answer(self):
                    self.assertEqual(await task_func(), 42)
        """,
    ),
    **cases(
        Outcome.PASS,
        {"clean_up": "def task_func(): return 42"},
        tests="""
            import os, shutil, unittest
            class Base(unittest.TestCase):
                @classmethod
                def setUpClass(cls):
                    os.mkdir("work")
                def test_inherited(self):
                    self.assertTrue(os.path.isdir("work"))
            class TestCases(Base):
                def setUp(self):
                    self.addCleanup(shutil.rmtree, "mine")
                    os.mkdir("mine")
                def test_answer(self):
                    self.assertEqual(task_func(), 42)
            if __name__ == "__main__":
                unittest.main()
        """,
    ),
}
"""Each is right and must pass everywhere."""
