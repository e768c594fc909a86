"""What llama.cpp is told."""

from __future__ import annotations

import json
import platform

import pytest

from lionrock.models.llamacpp_child import Orders, parameters

ORDERS = Orders(1, "/weights/m.gguf", "m", "/run/s.sock", "key", 1024, 3, 5)


def test_orders_survive_the_way_to_the_child() -> None:
    assert Orders(**json.loads(ORDERS.to_json())) == ORDERS


def test_each_request_has_the_context_that_was_ordered() -> None:
    params = parameters(ORDERS)
    assert params.n_ctx // params.n_parallel == 1024
    assert params.n_parallel == 3
    assert not params.fit_params


def test_it_listens_on_the_socket_alone_and_to_the_key_alone() -> None:
    params = parameters(ORDERS)
    assert params.hostnames == ["/run/s.sock"]
    assert params.api_keys == ["key"]


def test_nothing_of_one_request_is_kept_for_another_or_shown_to_it() -> None:
    params = parameters(ORDERS)
    kept = ("cache_prompt", "cache_idle_slots", "cache_ram_mib", "n_cache_reuse")
    shown = ("endpoint_slots", "endpoint_props", "endpoint_metrics", "ui", "verbose_prompt")
    written = ("path_prompts_log_dir", "slot_save_path", "path_prompt_cache", "media_path")
    for name in (*kept, "n_ctx_checkpoints", *shown, *written):
        assert not getattr(params, name), name


def test_reading_and_writing_use_the_threads_that_were_ordered() -> None:
    params = parameters(ORDERS)
    assert params.cpuparams.n_threads == params.cpuparams_batch.n_threads == 5


@pytest.mark.parametrize(("machine", "without"), [("x86_64", True), ("aarch64", False)])
def test_weights_are_repacked_where_that_wins_time(
    monkeypatch: pytest.MonkeyPatch, machine: str, without: bool
) -> None:
    monkeypatch.setattr(platform, "machine", lambda: machine)
    assert parameters(ORDERS).no_extra_bufts is without
