"""Real servers for tests, in containers; where no Docker Engine answers, the tests that need one skip."""
