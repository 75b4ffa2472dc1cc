"""What every test has; see tests/kit."""

pytest_plugins = ["tests.kit.servers", "tests.kit.duties", "tests.kit.outside", "tests.kit.house"]
