"""The picture of the rooms in docs/architecture.md, drawn from the imports.

``python -m tests.checks.rooms`` draws it again; ``… check`` fails where the picture
in the file is another, so that it stays true.
"""

import sys
from collections import defaultdict
from pathlib import Path

import grimp

ROOT = Path(__file__).parents[2]
FILE = ROOT / "docs/architecture.md"
BEGIN, END = "<!-- rooms: `python -m tests.checks.rooms` -->", "<!-- end of rooms -->"
HOUSES = {
    "submissions": "submissions: what came in",
    "campaigns": "campaigns: what is promised",
    "campaignhub": "campaignhub: wiring",
    "ingest_lambda": "ingest_lambda: the public path",
}


def rooms_of(graph: grimp.ImportGraph) -> dict[str, list[str]]:
    """Return the packages directly in each house, by house."""
    return {
        house: sorted(
            child
            for child in graph.find_children(house)
            if graph.find_children(child) and not child.endswith(".management")
        )
        for house in HOUSES
    }


def arrows_of(graph: grimp.ImportGraph, rooms: list[str]) -> dict[str, set[str]]:
    """Return which rooms each room imports, without those that another of them imports already."""
    direct: dict[str, set[str]] = defaultdict(set)
    of = {room: {room, *graph.find_descendants(room)} for room in rooms}
    home = {module: room for room, modules in of.items() for module in modules}
    for room in rooms:
        for module in of[room]:
            for target in graph.find_modules_directly_imported_by(module):
                other = home.get(target)
                if other and other != room:
                    direct[room].add(other)
    return {room: _without_detours(room, direct) for room in rooms}


def _without_detours(room: str, direct: dict[str, set[str]]) -> set[str]:
    beyond: set[str] = set()
    for other in direct[room]:
        waiting, seen = [other], {other}
        while waiting:
            for further in direct[waiting.pop()] - seen:
                seen.add(further)
                waiting.append(further)
        beyond |= seen - {other}
    return direct[room] - beyond


def picture() -> str:
    """Return the rooms and who imports whom, as Mermaid."""
    graph = grimp.build_graph(*HOUSES)
    rooms = rooms_of(graph)
    arrows = arrows_of(graph, [room for inside in rooms.values() for room in inside])
    lines = ["```mermaid", "flowchart TB"]
    for house, title in HOUSES.items():
        lines.append(f'  subgraph {house}["{title}"]')
        lines += [f'    {_id(room)}["{room.rpartition(".")[2]}"]' for room in rooms[house]]
        lines.append("  end")
    for room, others in arrows.items():
        lines += [f"  {_id(room)} --> {_id(other)}" for other in sorted(others)]
    return "\n".join([*lines, "```"])


def _id(room: str) -> str:
    return room.replace(".", "_")


def main(words: list[str]) -> int:
    """Draw the picture, or check the one that is there."""
    before, begin, rest = FILE.read_text().partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        print(f"{FILE} has no place for the picture: {BEGIN} … {END}.")
        return 1
    drawn = f"{before}{BEGIN}\n\n{picture()}\n\n{END}{after}"
    if words == ["check"]:
        if drawn == FILE.read_text():
            return 0
        print("The picture in docs/architecture.md is old: python -m tests.checks.rooms")
        return 1
    FILE.write_text(drawn)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
