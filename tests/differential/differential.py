#!/usr/bin/env python3
"""Differential fuzzing: what clients really say of chains made by chance, against what is predicted of each.

Each case is a good chain and some changes. Where a client says otherwise than its prediction, changes are taken away
while the difference stays; what is left is written to a folder of its own, once for each kind: the client, the
direction, the changes, what was predicted. The last line counts; status 1 where there is any.
"""
import argparse, os, random, shutil, sys, time
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lib"))
import cases, clients

FOLDERS_MOST = 200


def options():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--tool", default="./rootcellar")
    parser.add_argument("--work", default="differential-work", help="keys, and a folder for each difference")
    parser.add_argument("--duration", type=float, default=600, help="seconds")
    parser.add_argument("--seed", type=int, help="the same seed draws the same cases")
    parser.add_argument("--cases", type=int, default=0, help="end after so many")
    parser.add_argument("--clients", default="openssl,gnutls,go")
    return parser.parse_args()


class Fuzzer:
    def __init__(self, given):
        self.work = os.path.abspath(given.work)
        os.makedirs(os.path.join(self.work, "keys"), exist_ok=True)
        self.clients, missing = clients.installed(given.clients.split(","), self.work)
        for one in missing:
            print("%s is not installed: left out" % one)
        self.predictor = clients.Rootcellar(os.path.abspath(given.tool), [one.name for one in self.clients])
        self.workshop = cases.Workshop(os.path.join(self.work, "keys"))
        self.now = os.path.join(self.work, "now")
        self.kinds = {}

    def differences(self, depth, changes):
        """[(client or "rootcellar", what the client says, what is predicted, both in words)]"""
        cases.made(depth, changes).write(self.now, self.workshop)
        predicted, words = self.predictor.ask(self.now)
        if predicted is None:
            return [("rootcellar", False, [], words)]
        found = []
        for client in self.clients:
            is_good, said = client.ask(self.now)
            if is_good != predicted[client.name][0]:
                found.append((client.name, is_good, predicted[client.name][1], said))
        return found

    def still_differs(self, depth, changes, client, is_good):
        for difference in self.differences(depth, changes):
            if difference[:2] == (client, is_good):
                return difference
        return None

    def minimised(self, depth, changes, difference):
        """Fewer changes, and then fewer authorities, while that client still differs in the same direction."""
        client, is_good = difference[:2]
        place = 0
        while place < len(changes):
            fewer = changes[:place] + changes[place + 1:]
            less = self.still_differs(depth, fewer, client, is_good)
            if less:
                # What was needed before may not be any more.
                changes, difference, place = fewer, less, 0
            else:
                place += 1
        for shallower in range(depth):
            less = self.still_differs(shallower, changes, client, is_good)
            if less:
                return shallower, changes, less
        return depth, changes, difference

    def keep(self, depth, changes, difference):
        client, is_good, codes, said = difference
        kind = (client, is_good, tuple(sorted(change.__name__ for change, _ in changes)), tuple(codes[:1]))
        self.kinds[kind] = self.kinds.get(kind, 0) + 1
        if self.kinds[kind] > 1 or len(self.kinds) > FOLDERS_MOST:
            return
        folder = os.path.join(self.work, "%03d-%s" % (len(self.kinds), client))
        shutil.rmtree(folder, ignore_errors=True)
        case = cases.made(depth, changes)
        case.write(folder, self.workshop)
        told = "%s says %s, predicted %s%s; changes: %s" % (
            client, "yes" if is_good else "no", "no" if is_good else "yes", " (%s)" % ", ".join(codes) if codes else "",
            ", ".join(kind[2]) or "none")
        commands = [self.predictor.command(folder)] + [one.command(folder) for one in self.clients if one.name == client]
        with open(os.path.join(folder, "README"), "w") as out:
            out.write("%s\n\n%s\n\n%s\n\n%s\n" % (told, "\n".join(cases.unlike(case, depth)),
                                                 "\n".join(map(" ".join, commands)), said))
        print("%s: %s" % (folder, told), flush=True)


def main():
    given = options()
    seed = given.seed if given.seed is not None else random.SystemRandom().randrange(1 << 31)
    draw, fuzzer = random.Random(seed), Fuzzer(given)
    end, n, differences = time.monotonic() + given.duration, 0, 0
    print("seed %d" % seed, flush=True)
    while time.monotonic() < end and not (given.cases and n >= given.cases):
        depth, changes = cases.drawn(draw)
        n += 1
        for difference in fuzzer.differences(depth, changes):
            differences += 1
            fuzzer.keep(*fuzzer.minimised(depth, changes, difference))
    for kind, times in sorted(fuzzer.kinds.items(), key=lambda item: -item[1]):
        print("%5d  %s says %s: %s, predicted %s" % (times, kind[0], "yes" if kind[1] else "no", ", ".join(kind[2]),
                                                     ", ".join(kind[3]) or "yes"))
    print("%d cases, %d differences" % (n, differences))
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
