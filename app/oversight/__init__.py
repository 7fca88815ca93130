"""The monitoring desk: what nobody looks at, who has waited how long, and whether the invariants hold."""
