"""`python -m review` is the same command as `review`."""

from review.cli import main

if __name__ == "__main__":
    main()
