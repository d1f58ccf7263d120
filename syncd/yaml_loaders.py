"""What makes values of YAML: PyYAML's safe loaders, bounded in depth, with YAML 1.2's booleans."""

from __future__ import annotations

import re
from typing import Any

import yaml
from yaml.composer import Composer, ComposerError

MOST_DEEP = 100  # values within values: no file of ours is ten deep, and a reader's stack holds some hundreds


class DepthLimit:
    """How deep the nodes that are composed lie, within a bound; and which value is made at the moment."""

    deep = 0
    node: yaml.Node | None = None

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        """Compose a node; raises ComposerError where it lies too deep."""
        self.deep += 1
        if self.deep > MOST_DEEP:
            mark = self.peek_event().start_mark  # type: ignore[attr-defined]
            raise ComposerError(None, None, f"values stand within values more than {MOST_DEEP} deep", mark)
        node: yaml.Node | None = super().compose_node(parent, index)  # type: ignore[misc]
        self.deep -= 1
        return node

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        """Make a node's value, and remember which node it is."""
        self.node = node
        return super().construct_object(node, deep)  # type: ignore[misc]


class Loader(DepthLimit, yaml.SafeLoader):
    """PyYAML's safe loader with YAML 1.2's booleans."""


FastLoader: type[yaml.SafeLoader] = Loader
TextLoader: type[yaml.BaseLoader] = yaml.BaseLoader
if yaml.__with_libyaml__:

    class FastLoader(DepthLimit, Composer, yaml.CSafeLoader):  # type: ignore[no-redef]
        """The same with libyaml's parser, where PyYAML has it: in a fifth of the time.

        Nodes are composed in Python as before: libyaml's composer overflows the stack where a text is nested deep.
        """

        def __init__(self, text: str) -> None:
            Composer.__init__(self)
            yaml.CSafeLoader.__init__(self, text)

    class TextLoader(Composer, yaml.CBaseLoader):  # type: ignore[no-redef]
        """The same, and every value is the text that was typed."""

        def __init__(self, text: str) -> None:
            Composer.__init__(self)
            yaml.CBaseLoader.__init__(self, text)


class Grouped(float):
    """A number that may have a point between thousands: 60.000 is sixty to YAML, and sixty thousand to many."""


GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}\.\d{3}")


def _number(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> float:
    value = loader.construct_yaml_float(node)
    return Grouped(value) if GROUPED.fullmatch(node.value) else value


for loader in (Loader, FastLoader):
    loader.add_constructor("tag:yaml.org,2002:float", _number)
    loader.yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false|True|False)$"), list("tfTF"))
