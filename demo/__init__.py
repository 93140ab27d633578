"""The demo: a picture gallery whose files live in real OpenStack Swift on this very machine.

`run` starts and ends everything (`ending` watches the signals), `settings` is the site's configuration, `web` serves
it, `gallery` is the site itself, `samples` paints the first pictures; `check` walks through the site as a visitor
would, with `browser`.
"""
