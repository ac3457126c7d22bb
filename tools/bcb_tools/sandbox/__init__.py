"""Run one program against its tests, safely."""
