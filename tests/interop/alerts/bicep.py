"""A small part of Bicep, translated into ARM's JSON as Microsoft's compiler does it. What the text means is tree-sitter's grammar's word;
pycep, another grammar, must accept it too."""

import re
from collections.abc import Callable
from typing import Any

import pycep
import tree_sitter_bicep
from tree_sitter import Language, Node, Parser

_PARSER = Parser(Language(tree_sitter_bicep.language()))
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "'": "'", "\\": "\\", "$": "$"}


class NoBicep(Exception):
    """A grammar does not take it, or it is more than is translated here."""


def parse(text: str) -> Node:
    root = _PARSER.parse(text.encode()).root_node
    if root.has_error:
        raise NoBicep(f"tree-sitter-bicep finds an error in {text[:200]!r}")
    try:
        pycep.BicepParser().parse(text=text)
    except Exception as error:
        raise NoBicep(f"pycep: {error}") from error
    return root


def _text(node: Node) -> str:
    return (node.text or b"").decode()


def unescaped(literal: str) -> str:
    """A string literal's text. The grammar loses `\\$`, so it is read from the source."""
    body = literal[1:-1]
    if re.search(r"(?<!\\)(\\\\)*\$\{", body):
        raise NoBicep(f"interpolation in {literal}")

    def one(match: re.Match[str]) -> str:
        code, plain = match.groups()
        return chr(int(code, 16)) if code else _ESCAPES[plain]

    return re.sub(r"\\(?:u\{([0-9a-f]+)\}|(.))", one, body)


class Template:
    """`main.bicep` as the JSON that it comes to. `read` gives the text of a file beside it."""

    def __init__(self, text: str, read: Callable[[str], str]) -> None:
        self.read = read
        self.symbols: dict[str, tuple[str, Node, bool]] = {}
        self.parameters: dict[str, Any] = {}
        self.scope = ""
        described = None
        resources = []
        for node in parse(text).children:
            match node.type:
                case "target_scope_assignment":
                    self.scope = unescaped(_text(node.children[2]))
                case "decorators":
                    [decorator] = node.children
                    described = unescaped(_text(decorator.children[1].children[1].children[1]))
                case "parameter_declaration":
                    self._parameter(node, described)
                case "resource_declaration":
                    resources.append(self._symbol(node))
                case "comment":
                    pass
                case other:
                    raise NoBicep(other)
        self.resources = [self._resource(name) for name in resources if name]

    def _parameter(self, node: Node, description: str | None) -> None:
        name, kind = _text(node.children[1]), _text(node.children[2])
        declared: dict[str, Any] = {"type": kind, "metadata": {"description": description}}
        if len(node.children) > 3:
            declared["defaultValue"] = self.value(node.children[4])
        self.parameters[name] = declared

    def _symbol(self, node: Node) -> str | None:
        name = _text(node.children[1])
        existing = any(child.type == "existing" for child in node.children)
        self.symbols[name] = (unescaped(_text(node.children[2])), node, existing)
        return None if existing else name

    def _members(self, symbol: str) -> dict[str, Node]:
        body = self.symbols[symbol][1].children[-1]
        if body.type == "if_statement":
            body = body.children[-1]
        return {_text(one.children[0]): one.children[2] for one in body.children if one.type == "object_property"}

    def _resource(self, symbol: str) -> dict[str, Any]:
        kind, api_version = self.symbols[symbol][0].split("@")
        resource: dict[str, Any] = {"type": kind, "apiVersion": api_version}
        last = self.symbols[symbol][1].children[-1]
        if last.type == "if_statement":
            resource["condition"] = f"[{self.expression(last.children[1].children[1])}]"
        used: list[str] = []
        for name, node in self._members(symbol).items():
            if name == "scope":
                extended = _text(node)
                path = self.expression(self._members(extended)["name"])
                of = self.symbols[extended][0].split("@")[0]
                resource["scope"] = f"[format('{of}/{{0}}', {path})]"
            else:
                resource[name] = self.value(node, used)
        if used:
            resource["dependsOn"] = [f"[{self._id(one)}]" for one in used]
        return resource

    def _id(self, symbol: str) -> str:
        kind = self.symbols[symbol][0].split("@")[0]
        members = self._members(symbol)
        name = self.expression(members["name"])
        if "scope" in members:
            return f"extensionResourceId({self._id(_text(members['scope']))}, '{kind}', {name})"
        return f"resourceId('{kind}', {name})"

    def value(self, node: Node, used: list[str] | None = None) -> Any:
        """A value of the document. Symbols of resources that are deployed are added to `used`."""
        match node.type:
            case "string":
                text = unescaped(_text(node))
                return f"[{text}" if text.startswith("[") and text.endswith("]") else text
            case "number":
                return int(_text(node))
            case "boolean":
                return _text(node) == "true"
            case "array":
                return [self.value(one, used) for one in node.named_children]
            case "object":
                return {_text(one.children[0]): self.value(one.children[2], used) for one in node.named_children}
            case "call_expression" if _text(node.children[0]) == "loadTextContent":
                return self.read(unescaped(_text(node.children[1].named_children[0])))
            case _:
                return f"[{self.expression(node, used)}]"

    def expression(self, node: Node, used: list[str] | None = None) -> str:
        match node.type:
            case "identifier":
                return f"parameters('{_text(node)}')"
            case "string":
                return "'" + unescaped(_text(node)).replace("'", "''") + "'"
            case "unary_expression":
                return f"not({self.expression(node.children[1], used)})"
            case "call_expression":
                arguments = [self.expression(one, used) for one in node.children[1].named_children]
                return f"{_text(node.children[0])}({', '.join(arguments)})"
            case "member_expression":
                of, name = node.children[0], _text(node.children[2])
                if of.type == "identifier" and _text(of) in self.symbols:
                    symbol = _text(of)
                    if used is not None and not self.symbols[symbol][2]:
                        used.append(symbol)
                    return self._id(symbol)
                return f"{self.expression(of, used)}.{name}"
            case other:
                raise NoBicep(other)


def said(text: str) -> dict[str, Any]:
    """The values of a `main.bicepparam`. Neither grammar knows such files: without their first line, and with `var` for `param`, they are
    Bicep that both know."""
    using, _, rest = text.partition("\n")
    if using != "using './main.bicep'":
        raise NoBicep(using)
    root = parse(re.sub(r"^param (\w+) = ", r"var \1 = ", rest, flags=re.MULTILINE))
    reader = Template("targetScope = 'tenant'\n", lambda _: "")
    declared = [node for node in root.children if node.type == "variable_declaration"]
    return {_text(node.children[1]): reader.value(node.children[3]) for node in declared}
