"""Runs all benchmarks, or the one that is named first, with its options: ``python -m benchmarks``."""

import sys

from benchmarks import budget, call_overhead, import_time, mapper, simulator

BENCHMARKS = {
    "budget": budget.main,
    "call_overhead": call_overhead.main,
    "import_time": import_time.main,
    "mapper": mapper.main,
    "simulator": simulator.main,
}

if __name__ == "__main__":
    if not sys.argv[1:]:
        for name, run in BENCHMARKS.items():
            print(f"## {name}\n")
            run([])
            print()
    elif sys.argv[1] in BENCHMARKS:
        BENCHMARKS[sys.argv[1]](sys.argv[2:])
    else:
        sys.exit(f"python -m benchmarks [{' | '.join(BENCHMARKS)}] [options]")
