"""Floor 8: the command ``resnets``, one small module for each verb.

Nothing here imports torch at the top of a file: help, lists and tables answer without it.
"""
