"""The studies, one small file of data each, in a folder for each paper."""
