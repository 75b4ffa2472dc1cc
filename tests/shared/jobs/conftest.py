from tests.shared.jobs.toy import toy, toy_on_postgres

__all__ = ["toy", "toy_on_postgres"]
