import subprocess

import yaml


def task_func(path):
    """
    Run the commands that a YAML job file lists, one after the other, and report how each of them ended.

    The file holds a list of jobs. A job is a mapping with a 'name' (text), the command in 'run' (a list of text:
    the program and its arguments, used without a shell), and optionally 'timeout' (seconds, default 60) and 'needs'
    (a list of names of earlier jobs). A job is skipped unless each job that it needs ended with the status 'ok'.

    Parameters:
    - path (str): The path of the job file.

    Returns:
    - list of dict: One entry per job, in the order of the file, with
        - 'name' (str): The name of the job.
        - 'status' (str): 'ok' if the command ended with exit code 0, 'failed' if it ended with another one,
          'timeout' if it was stopped at the time limit, 'missing' if the program does not exist, 'skipped' if the job
          was skipped.
        - 'code' (int or None): The exit code for 'ok' and 'failed', else None.
        - 'output' (str): The command's standard output for 'ok' and 'failed', else ''.

    Requirements:
    - subprocess
    - yaml

    Raises:
    - ValueError: If the file is not a list of jobs as described: a job without 'name' or 'run', a name that occurs
      twice, or a need that is not the name of an earlier job. No command is run then.

    Example:
    >>> with open('jobs.yaml', 'w') as file:
    ...     _ = file.write('- {name: greet, run: [echo, hello]}\\n- {name: stop, run: ["false"]}\\n')
    >>> for job in task_func('jobs.yaml'):
    ...     print(job)
    {'name': 'greet', 'status': 'ok', 'code': 0, 'output': 'hello\\n'}
    {'name': 'stop', 'status': 'failed', 'code': 1, 'output': ''}
    """
    with open(path, encoding="utf-8") as file:
        jobs = yaml.safe_load(file)
    if not isinstance(jobs, list):
        raise ValueError("the job file is not a list")
    known = set()
    for job in jobs:
        if not isinstance(job, dict) or not {"name", "run"} <= job.keys():
            raise ValueError(f"not a job with a name and a command: {job!r}")
        if job["name"] in known:
            raise ValueError(f"the job {job['name']!r} is there twice")
        unknown = set(job.get("needs", [])) - known
        if unknown:
            raise ValueError(f"the job {job['name']!r} needs what is not an earlier job: {sorted(unknown)}")
        known.add(job["name"])

    results = {}
    for job in jobs:
        result = {"name": job["name"], "status": "skipped", "code": None, "output": ""}
        results[job["name"]] = result
        if any(results[name]["status"] != "ok" for name in job.get("needs", [])):
            continue
        try:
            done = subprocess.run(
                job["run"], stdout=subprocess.PIPE, text=True, timeout=job.get("timeout", 60), check=False
            )
        except FileNotFoundError:
            result["status"] = "missing"
        except subprocess.TimeoutExpired:
            result["status"] = "timeout"
        else:
            status = "ok" if done.returncode == 0 else "failed"
            result.update(status=status, code=done.returncode, output=done.stdout)
    return list(results.values())
