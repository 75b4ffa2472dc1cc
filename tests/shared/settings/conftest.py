from tests.shared.jobs.toy import toy

__all__ = ["toy"]
