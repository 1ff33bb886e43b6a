#!/usr/bin/env python3
"""What a node takes at most, and for how long one line holds up others.

  limits.py NODE [--writes=N]     NODE: the program, as bazel-bin/node/node

Prints for each case the peak of the node's memory (VmHWM), how many requests were answered and how, and that the node lives on:
  txn     one transaction of 975 kB that appends to a key and reads it, 5,000 times
  reads   2,500 ryw_reads of a value of 1 MB wait, and one entry lets them go
  writes  N writes (32,768) of 1 MB at a node that has no leader
  lines   what a line costs that is as long and as dense as it may be, in the node's CPU time, and how long an echo waits behind it
          (which this script's own reading of the answer makes longer)
"""
import argparse
import collections
import json
import subprocess
import threading
import time

LIMITS = {"max_line_bytes": 1 << 20, "max_key_bytes": 1 << 20, "max_value_bytes": 1 << 20, "max_answer_bytes": 2 << 20}
MEGABYTE = "x" * 1_000_000


class Node:
    """n1 on pipes. What it says to clients is counted; what it says to peers is thrown away."""

    def __init__(self, program, ids, flags=()):
        self.process = subprocess.Popen([program, *flags], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.answers = {}
        self.kinds = collections.Counter()
        self.arrived = threading.Condition()
        threading.Thread(target=self.listen, daemon=True).start()
        self.ask(0, type="init", node_id="n1", node_ids=ids)
        self.incarnation = self.answer(self.ask(1, type="status"))["incarnation"]

    def listen(self):
        for line in self.process.stdout:
            if b'"dest": "c1"' not in line[:60]:
                continue
            body = json.loads(line)["body"]
            with self.arrived:
                kind = body["type"] if body["type"] != "error" else f'error {body["code"]} {body.get("reason")}'
                self.kinds[kind] += 1
                body.pop("value", None)
                self.answers[body["in_reply_to"]] = (time.monotonic(), body)
                self.arrived.notify_all()

    def send(self, line):
        self.process.stdin.write(line if isinstance(line, bytes) else line.encode())
        self.process.stdin.write(b"\n")
        self.process.stdin.flush()

    def ask(self, number, **body):
        self.send(json.dumps({"src": "c1", "dest": "n1", "body": {"msg_id": number, **body}}))
        return number

    def answer(self, number, timeout=120):
        with self.arrived:
            if not self.arrived.wait_for(lambda: number in self.answers, timeout):
                raise SystemExit(f"no answer to {number}")
            return self.answers[number][1]

    def at(self, number):
        self.answer(number)
        return self.answers[number][0]

    def peak_mib(self):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024

    def cpu_ms(self):
        with open(f"/proc/{self.process.pid}/schedstat", encoding="ascii") as stat:
            return int(stat.read().split()[0]) / 1e6

    def end(self, name, expected):
        """Waits until `expected` requests are answered, prints the case's line."""
        deadline = time.monotonic() + 600
        with self.arrived:
            while sum(self.kinds.values()) < expected and self.process.poll() is None and time.monotonic() < deadline:
                self.arrived.wait(1)
        alive = self.process.poll() is None and self.answer(self.ask(10**9, type="echo", echo=1))["type"] == "echo_ok"
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(self.kinds.items()))
        print(f"{name:7} peak {self.peak_mib():5.0f} MiB; {'alive' if alive else 'DEAD'}; {sum(self.kinds.values()) - 1} of {expected} answered: {kinds}", flush=True)
        self.process.kill()
        self.process.wait()


def peer(node, **body):
    return json.dumps({"src": "n2", "dest": "n1", "body": {"incarnation": "00000000000000b2", "cluster": "c0ffee00", **body}})


def append(node, prev, entries, commit):
    return peer(node, type="append_entries", term=1, life="00000000c0ffee02", prev_term=1 if prev else 0, prev_index=prev,
                commit_index=commit, round=commit, entries=entries)


def write_entry(index, key, value):
    return {"term": 1, "index": index, "command": {"writer": 2, "seq": index, "first_unanswered": index, "writer_bits": "0000000000160001",
                                                   "op": "write", "key": key, "value": value}}


def led(program):
    """n1 follows n2, whom this script plays, and has x = 1 MB at index 3."""
    node = Node(program, ["n1", "n2", "n3"], ["--election-timeout-ms", "600000", "600001", "--request-timeout-ms", "300000"])
    members = [{"node_id": "n1", "incarnation": node.incarnation}, {"node_id": "n2", "incarnation": "00000000000000b2"},
               {"node_id": "n3", "incarnation": "00000000000000c3"}]
    node.send(append(node, 0, [
        {"term": 1, "index": 1, "configuration": {"cluster": "c0ffee00", "stamp": "5be1c09a", "members": members, "limits": LIMITS}},
        {"term": 1, "index": 2, "command": {"writer": 0, "seq": 0, "first_unanswered": 0, "op": "open_writer", "node": "n2",
                                            "incarnation": "00000000000000b2", "number": 1, "bits": "0000000000160001"}},
        write_entry(3, "x", MEGABYTE)], 3))
    return node


def txn(program):
    node = Node(program, ["n1"])
    element = "e" * 155
    node.ask(2, type="txn", txn=[["append", "k", element], ["r", "k", None]] * 5000)
    node.end("txn", 3)


def reads(program, count=2500):
    node = led(program)
    for number in range(count):
        node.ask(100 + number, type="ryw_read", key="x", last_write_index=4, max_wait_ms=250_000)
    node.send(append(node, 3, [write_entry(4, "y", 1)], 4))
    node.end("reads", count + 2)


def writes(program, count):
    node = Node(program, ["n1", "n2", "n3"])
    begin = b'{"src": "c1", "dest": "n1", "body": {"type": "write", "key": "x", "value": "' + MEGABYTE.encode()
    for number in range(count):
        node.send(begin + b'", "msg_id": %d}}' % (100 + number))
    node.end("writes", count + 2)


def lines(program):
    usual = LIMITS["max_line_bytes"]
    longest = 2 * usual * 3 // 2 + (1 << 20)  # of a peer: node/base/limits.h
    names = ",".join(f'"{i}":0' for i in range(700_000))
    dense = {"numbers": "1," * longest, "arrays": "[]," * longest, "members": "{" + names, "string": '"' + "x" * 2 * longest}
    ends = {"numbers": "1]", "arrays": "1]", "members": ',"z":0}', "string": '"'}
    begins = {"numbers": "[", "arrays": "[", "members": "", "string": ""}
    for who, limit in (("client", usual), ("peer", longest)):
        for kind, text in dense.items():
            node = led(program)
            time.sleep(0.2)
            head = {"client": '{"src": "c1", "dest": "n1", "body": {"msg_id": 7, "type": "echo", "echo": ',
                    "peer": '{"src": "n2", "dest": "n1", "body": {"type": "news", "number": '}[who] + begins[kind]
            tail = ends[kind] + "}}"
            room = limit - len(head) - len(tail)
            value = text[:room]
            if kind in ("numbers", "arrays", "members"):
                value = value[:value.rfind(",") + (0 if kind == "members" else 1)]
            line = (head + value + tail).encode()
            took = []
            before = node.cpu_ms()
            for turn in range(5):
                node.send(line)
                sent = time.monotonic()
                took.append(node.at(node.ask(1000 + turn, type="echo", echo=1)) - sent)
            cpu = (node.cpu_ms() - before) / 5
            print(f"lines   {who:6} {len(line):8} bytes of {kind:8} cost {cpu:4.0f} ms of CPU; an echo behind it took {min(took) * 1000:4.0f} ms at best, {max(took) * 1000:4.0f} at worst", flush=True)
            node.process.kill()
            node.process.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("node")
    parser.add_argument("--writes", type=int, default=32_768)
    parser.add_argument("--only", choices=["txn", "reads", "writes", "lines"])
    flags = parser.parse_args()
    cases = {"txn": lambda: txn(flags.node), "reads": lambda: reads(flags.node), "writes": lambda: writes(flags.node, flags.writes),
             "lines": lambda: lines(flags.node)}
    for name, run in cases.items():
        if flags.only in (None, name):
            run()


if __name__ == "__main__":
    main()
