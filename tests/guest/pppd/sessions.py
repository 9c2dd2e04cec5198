"""Shared by the tests whose sessions have a pppd at each end; also runs many jobs at a time."""

import concurrent.futures
import unittest

import pair
import twin
from agent import Agent

AT_ONCE = 4  # pppd mostly waits for its peer, or for a timer


class TwinsTest(unittest.TestCase):
    """Has `twins`, both plugins."""

    @classmethod
    def setUpClass(cls):
        cls.addClassCleanup(twin.clean_up)
        twin.prepare()
        cls.twins = twin.Twins(pair.Pair.build)


class AgentTest(TwinsTest):
    """For tests of what the agent shows. Has `plugin`, ours, and `agent`, for the ring at its default place."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plugin = cls.twins.plugins[twin.OURS]
        cls.agent = cls.enterClassContext(Agent(pair.Pair.build, twin.DIRECTORY / "agent"))


def results_of(run, jobs):
    """{job: result of run(number, job)}, numbers from 1. Raises the exception of the first job that failed."""
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        running = {job: pool.submit(run, number, job) for number, job in enumerate(jobs, 1)}
    return {job: future.result() for job, future in running.items()}
