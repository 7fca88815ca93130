"""The demo's mail server: takes every e-mail, delivers none, and shows them on a page of its own."""
