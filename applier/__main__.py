"""`python -m applier`."""

from applier.cli import main

if __name__ == "__main__":
    main()
