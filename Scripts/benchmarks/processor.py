"""The processor that a table of timings belongs to."""
import json
import os
import pathlib
import platform
import re
import subprocess


def model():
    """Name, family and model number: virtual machines hide the name."""
    try:
        text = pathlib.Path("/proc/cpuinfo").read_text()
    except OSError:
        return platform.processor() or platform.machine()
    fields = dict(re.findall(r"^(model name|cpu family|model)\s*: (.*)$", text, re.MULTILINE))
    return f"{fields.get('model name', platform.machine())}, family {fields.get('cpu family', '?')}, model {fields.get('model', '?')}"


def caches():
    """Such as "L1d 48 KiB, L2 1 MiB, L3 32 MiB for 2 processors", of the first processor."""
    described = []
    for folder in sorted(pathlib.Path("/sys/devices/system/cpu/cpu0/cache").glob("index*")):
        level, kind, size, shared = ((folder / name).read_text().strip() for name in ("level", "type", "size", "shared_cpu_list"))
        if kind == "Instruction":
            continue
        kibibytes = int(size.removesuffix("K"))
        text = f"{kibibytes // 1024} MiB" if kibibytes % 1024 == 0 else f"{kibibytes} KiB"
        sharers = sum(int(last or first) - int(first) + 1 for first, last in re.findall(r"(\d+)(?:-(\d+))?", shared))
        described.append(f"L{level}{'d' if kind == 'Data' else ''} {text}" + (f" for {sharers} processors" if sharers > 1 else ""))
    return ", ".join(described)


def describe_processor(binary, network):
    """Model, processors, caches, the program's version, and the rate of multiply-adds that `xception bench` measures."""
    version = subprocess.run([binary, "--version"], capture_output=True, check=True, text=True).stdout.splitlines()[0]
    limits = []
    for threads in sorted({1, os.cpu_count()}):
        command = [binary, "bench", "--model", network, "--json", "--runs", "3", "--batch", "1", "--threads", str(threads)]
        bench = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
        # What the multiply-adds of one image would take at the limit.
        milliseconds = bench["gflops"] * bench["milliseconds"]["best"] / bench["gflops_limit"]
        limits.append(f"{bench['gflops_limit']:.0f} GFLOP/s ({milliseconds:.1f} ms an image) on {threads}")
    return (f"{model()}; {os.cpu_count()} processors; {caches()}\n"
            f"fp32 multiply-adds in registers alone: {', '.join(limits)}\n{version}")

