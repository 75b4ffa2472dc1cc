from tests.shared.http.toy import desk, desk_database, small_desk

__all__ = ["desk", "desk_database", "small_desk"]
