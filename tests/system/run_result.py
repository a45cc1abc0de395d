"""What stands in results, for the shell tests of the command.

    run_result.py outcomes RESULT   a line a boot: mode, number, status, and each workload with its status
    run_result.py same RESULT RESULT   ends well if both hold the same runs
"""

import json
import sys


def runs_of(path):
    with open(path) as file:
        return json.load(file)["runs"]


def outcomes(path):
    for run in runs_of(path):
        workloads = ", ".join(f"{b['name']} {b['status']}" for b in run["benchmarks"])
        print(f"{run['mode']} {run['boot']} {run['status']}: {workloads}")


def same(first, second):
    # As text: the order of the keys counts, and 1 is not 1.0.
    sys.exit(json.dumps(runs_of(first)) != json.dumps(runs_of(second)))


{"outcomes": outcomes, "same": same}[sys.argv[1]](*sys.argv[2:])
