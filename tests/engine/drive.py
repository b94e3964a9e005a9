"""The command line with the test steps registered; for tests that need a process of its own."""

from aigc_cli.cli.app import main
from tests.engine import bench

if __name__ == "__main__":
    bench.register()
    main()
