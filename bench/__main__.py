"""``make bench``: every benchmark, one after the other."""

from bench import accept

if __name__ == "__main__":
    accept.run()
