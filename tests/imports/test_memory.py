"""Memory does not grow with the length of the file."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
CHILD = """
import resource, sys
from pathlib import Path
from graph.imports import load_mapping
from graph.imports.files import Source
from graph.imports.reading import plan_of, stage
from graph.imports.staging import Staging

file, staged = map(Path, sys.argv[1:3])
source, mapping = Source(file, None), load_mapping(Path("online_retail"))
staging = Staging(staged)
staging.create()
stage(source, mapping, plan_of(source, mapping, "test"), staging, lambda _: None)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def peak_megabytes(folder: Path, rows: int) -> int:
    file = folder / f"{rows}.csv"
    with file.open("w") as out:
        out.write(HEADER)
        out.writelines(
            f"{n // 20},{10_000 + n % 3_000},ITEM,{1 + n % 9},2011-05-05 10:00:00,{n % 900 / 100},"
            f"{n % 500},France\n"
            for n in range(rows)
        )
    command = [sys.executable, "-c", CHILD, str(file), str(folder / f"{rows}.staging")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return int(done.stdout)


def test_a_file_four_times_as_long_needs_no_more_memory(tmp_path: Path):
    short, long = peak_megabytes(tmp_path, 20_000), peak_megabytes(tmp_path, 80_000)

    assert long < short * 1.25 + 10
