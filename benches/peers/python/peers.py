"""Serves one contender: requests and answers are lines of JSON, numbers pass through files."""

import importlib
import json
import os
import pathlib
import sys
import time

FOLDER = pathlib.Path(__file__).parent / "out"


def seconds_of(contender, function, count):
    contender.reset()
    begin = time.process_time()
    contender.calls(function, count)
    return time.process_time() - begin


def nanoseconds(contender, function, seconds):
    """Of a call, from a loop that takes at least `seconds`."""
    count = 1
    while True:
        taken = seconds_of(contender, function, count)
        if taken >= seconds:
            return taken / count * 1e9
        count = int(count * min(max(seconds / max(taken, 1e-9), 1), 100) * 1.1) + 1


def answer(request, module, contender):
    do = request["do"]
    if do == "versions":
        return {"versions": module.versions()}, contender
    if do == "open":
        contender = module.contender(request["workload"], FOLDER)
        return {"passes": contender.passes if contender else None}, contender
    if do == "time":
        function = getattr(contender, request["pass"])
        return {"nanoseconds": nanoseconds(contender, function, request["seconds"])}, contender
    if do in ("outputs", "parameters"):
        # One file for each process: they share the folder.
        file = FOLDER / f"{do}-{os.getpid()}"
        getattr(contender, do)().astype("<f8").tofile(file)
        return {"file": str(file)}, contender
    getattr(contender, do)()
    return {}, contender


def main():
    # What libraries print must not come between the answers.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    module, contender = None, None
    for line in sys.stdin:
        try:
            module = module or importlib.import_module(f"contenders.{sys.argv[1]}")
            reply, contender = answer(json.loads(line), module, contender)
        except Exception as error:
            reply = {"error": f"{type(error).__name__}: {error}".splitlines()[0]}
        print(json.dumps(reply), file=answers, flush=True)


main()
