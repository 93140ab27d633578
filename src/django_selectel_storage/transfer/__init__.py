"""Moving files from one place to another: a folder, a container, any Django storage.

values and marks say what a file is, plan what is to be done; places read and write, mover does one file, run all of
them; progress and report tell of it. Only the commands of ``management`` come in here.
"""
