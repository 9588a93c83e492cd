"""prewarm of specs that a file lists: a trace as a runtime records it, or a manifest."""
import json
import signal
import subprocess

import pytest
from program import MODELS, NOWHERE, SPEC, spec_of

OTHER = spec_of(7168, "mxfp8")
THIRD = spec_of(5120)
NEWER = "nvfp4_amax[k=16,in=bf16,layout=128x4]@sm_100a"  # an operator that has no template


@pytest.fixture
def listed(tmp_path):
    """Writes a file and gives its path."""

    def write(*lines, end="\n"):
        path = tmp_path / "app.trace"
        path.write_text("".join(line + end for line in lines))
        return path

    return write


class TestTrace:
    def test_each_spec_is_compiled_once_in_the_order_of_the_trace(self, fp4jit, listed):
        trace = listed("# pid 7", OTHER, SPEC, "", OTHER, SPEC)
        answer = fp4jit.json("prewarm", "--from-trace", trace)
        assert [(spec["spec"], spec["status"]) for spec in answer["specs"]] == [(OTHER, "compiled"), (SPEC, "compiled")]
        assert fp4jit.prewarm(SPEC, OTHER)["cached"] == 2
        assert fp4jit.json("prewarm", "--from-trace", trace)["cached"] == 2

    def test_a_torn_last_line_is_left_out_and_that_is_said(self, fp4jit, listed):
        trace = listed(SPEC + "\n" + OTHER[:-2], end="")
        done = fp4jit.run("prewarm", "--from-trace", trace, "--quiet")
        assert (done.returncode, done.stdout) == (0, "") and f"warning: {trace}:2: " in done.stderr
        assert [record["spec"] for record in fp4jit.json("list")["records"]] == [SPEC]

    def test_a_line_that_was_cut_in_the_middle_is_left_out_and_that_is_said(self, fp4jit, listed):
        trace = listed(SPEC + "\n" + OTHER[:-2] + "#\n" + THIRD + "\n", end="")
        done = fp4jit.run("prewarm", "--from-trace", trace, "--quiet")
        assert (done.returncode, done.stdout) == (0, "") and f"warning: {trace}:2: " in done.stderr
        assert done.stderr.count("\n") == 1
        assert {record["spec"] for record in fp4jit.json("list")["records"]} == {SPEC, THIRD}

    @pytest.mark.parametrize("lines, warned", [([], False), (["", "# none", ""], False), (["\n" + SPEC[:9] + "\0"], True)])
    def test_one_without_specs_is_nothing_to_do(self, fp4jit, listed, lines, warned):
        trace = listed(*lines, end="" if warned else "\n")
        for flags in ([], ["--target", "sm_90"], ["--dry-run"]):
            done = fp4jit.run("prewarm", "--from-trace", trace, *flags)
            assert done.returncode == 0 and done.stdout == "nothing to do: no spec is listed\n", done
            assert ("warning" in done.stderr) == warned, done.stderr
        answer = fp4jit.json("prewarm", "--from-trace", trace, env={"FP4JIT_NVRTC": NOWHERE})
        assert (answer["specs"], answer["compiled"], answer["cached"], answer["failed"]) == ([], 0, 0, 0)
        assert not fp4jit.cache.exists()

    def test_a_line_that_is_no_spec_is_named_and_nothing_is_compiled(self, fp4jit, listed):
        trace = listed(SPEC, "#", spec_of(232), OTHER)
        fp4jit.refused(2, "prewarm", "--from-trace", trace, says=[f"{trace}:3: ", spec_of(232), "14.5 blocks"])
        fp4jit.refused(2, "prewarm", "--from-trace", listed(SPEC, "no spec"), says=[":2: ", "expected FORMAT_OP"])
        fp4jit.refused(2, "prewarm", "--from-trace", listed("\x1b[31m"), says=":1: byte 1 is 0x1b")
        assert not fp4jit.cache.exists()

    def test_a_spec_of_a_newer_version_is_one_failure_among_the_others(self, fp4jit, listed):
        unknown_gpu = spec_of(4096, target="sm_130a")
        trace = listed(NEWER, SPEC, unknown_gpu, NEWER)
        answer = fp4jit.json("prewarm", "--from-trace", trace, code=1)
        assert (answer["compiled"], answer["cached"], answer["failed"]) == (1, 0, 2)
        assert {spec["spec"]: spec["status"] for spec in answer["specs"]} == {
            SPEC: "compiled", NEWER: "failed", unknown_gpu: "failed"
        }  # fmt: skip
        errors = {spec["spec"]: spec["error"] for spec in answer["specs"]}
        assert "no template" in errors[NEWER] and "sm_130a is not supported" in errors[unknown_gpu]
        plain = fp4jit.run("prewarm", "--from-trace", trace)
        assert plain.returncode == 1 and f"{NEWER} failed: " in plain.stderr and "cached 1, failed 2" in plain.stdout
        dry = fp4jit.run("prewarm", "--from-trace", trace, "--dry-run")
        assert dry.returncode == 1 and "planned 1, failed 2" in dry.stdout
        alone = fp4jit.json("prewarm", "--from-trace", listed(NEWER), code=1, env={"FP4JIT_NVRTC": NOWHERE})
        assert alone["failed"] == 1

    def test_targets_stand_in_for_the_traces_own(self, fp4jit, listed):
        trace = listed(SPEC, spec_of(4096, target="sm_90"), OTHER)
        answer = fp4jit.json("prewarm", "--from-trace", trace, "--target", "sm_120a,compute_90", "--dry-run")
        assert [spec["spec"] for spec in answer["specs"]] == [
            spec_of(k, fmt, target) for k, fmt in ((4096, "nvfp4"), (7168, "mxfp8")) for target in ("sm_120a", "compute_90")
        ]
        pdl = listed("nvfp4_quantize[k=4096,in=bf16,layout=128x4,pdl=1]@sm_100a")
        answer = fp4jit.json("prewarm", "--from-trace", pdl, "--target", "sm_80,sm_90", code=1)
        assert (answer["compiled"], answer["failed"]) == (1, 1) and "pdl must be 0 for sm_80" in answer["specs"][1]["error"]
        native = ("prewarm", "--from-trace", trace, "--target", "native")
        fp4jit.refused(3, *native, says=["native", "libcuda"])

    @pytest.mark.parametrize("path", ["-", "/dev/stdin"])
    def test_stdin(self, fp4jit, path):
        command = fp4jit.command("prewarm", "--from-trace", path, "--dry-run", "--quiet", "--json")
        run = {"env": fp4jit.env, "capture_output": True, "text": True, "check": False}
        done = subprocess.run(command, input=f"{SPEC}\r\n{OTHER}\r\n", **run)
        assert done.returncode == 0 and SPEC in done.stdout and OTHER in done.stdout, done
        wrong = subprocess.run(command, input="x\n", **run)
        assert wrong.returncode == 2 and ("stdin:1:" if path == "-" else "/dev/stdin:1:") in wrong.stderr

    def test_an_interrupt_ends_the_wait_for_a_pipe(self, fp4jit):
        command = fp4jit.command("prewarm", "--from-trace", "-")
        with subprocess.Popen(command, env=fp4jit.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            process.stdin.write(b"\n" * 200_000)  # more than a pipe holds: it is being read
            process.stdin.flush()
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=120) != 0

    def test_many_lines(self, fp4jit, listed):
        trace = listed(*(spec_of(16 * (i % 2000 + 1)) for i in range(100_000)))
        assert len(fp4jit.json("prewarm", "--from-trace", trace, "--dry-run")["specs"]) == 2000



@pytest.mark.parametrize("flag", ["--from-trace", "--manifest"])
class TestUnreadable:
    def test_what_is_no_such_file(self, fp4jit, tmp_path, flag):
        fp4jit.refused(2, "prewarm", flag, tmp_path / "absent", says=[str(tmp_path / "absent"), "No such file"])
        fp4jit.refused(2, "prewarm", flag, tmp_path, says=[str(tmp_path), "Is a directory"])
        fp4jit.refused(2, "prewarm", flag, "/dev/zero", says="/dev/zero is over 16777216 bytes")

    def test_one_that_its_reader_may_not_read(self, unprivileged, flag):
        path = unprivileged.cache.parent / "list"
        path.write_text(SPEC + "\n")
        path.chmod(0)
        unprivileged.refused(2, "prewarm", flag, path, says=[str(path), "Permission denied"])


class TestManifest:
    @pytest.fixture
    def manifest(self, tmp_path):
        def write(value):
            path = tmp_path / "plan.json"
            path.write_text(value if isinstance(value, str) else json.dumps(value))
            return path

        return write

    def test_each_spec_is_compiled_once(self, fp4jit, manifest):
        plan = manifest({"comment": "of the image", "specs": [OTHER, {"spec": SPEC}, SPEC]})
        answer = fp4jit.json("prewarm", "--manifest", plan)
        assert [(spec["spec"], spec["status"]) for spec in answer["specs"]] == [(OTHER, "compiled"), (SPEC, "compiled")]

    def test_what_the_program_prints_is_one_as_it_is(self, fp4jit, manifest):
        command = ("prewarm", "--model", MODELS / "Llama-3.3-70B-Instruct-NVFP4", "--tp", "8", "--target", "sm_100a")
        planned = fp4jit.json(*command, "--dry-run")
        done = fp4jit.json("prewarm", "--manifest", manifest(planned))
        assert [spec["spec"] for spec in done["specs"]] == [spec["spec"] for spec in planned["specs"]]
        assert done["compiled"] == 3
        assert fp4jit.json("prewarm", "--manifest", manifest(done))["cached"] == 3
        listed = fp4jit.json("list")
        assert fp4jit.json("prewarm", "--manifest", manifest(listed))["cached"] == 3
        failed = fp4jit.json("prewarm", "--manifest", manifest({"specs": [NEWER, SPEC]}), code=1)
        assert fp4jit.json("prewarm", "--manifest", manifest(failed), code=1)["specs"][1]["error"] == failed["specs"][1]["error"]

    def test_stdin(self, fp4jit):
        command = fp4jit.command("prewarm", "--manifest", "-", "--dry-run")
        run = {"env": fp4jit.env, "capture_output": True, "text": True, "check": False}
        assert SPEC in subprocess.run(command, input=json.dumps({"specs": [SPEC]}), **run).stdout
        wrong = subprocess.run(command, input="", **run)
        assert wrong.returncode == 2 and "stdin: is not valid JSON or is cut off" in wrong.stderr

    def test_targets_stand_in_for_its_own(self, fp4jit, manifest):
        plan = manifest({"specs": [SPEC, SPEC.split("@")[0]]})
        answer = fp4jit.json("prewarm", "--manifest", plan, "--target", "sm_90", "--dry-run")
        assert [spec["spec"] for spec in answer["specs"]] == [spec_of(4096, target="sm_90")]
        fp4jit.refused(2, "prewarm", "--manifest", plan, says=[f"{plan}: specs[1]: ", "--target"])

    def test_one_without_specs_is_nothing_to_do(self, fp4jit, manifest):
        done = fp4jit.run("prewarm", "--manifest", manifest({"specs": []}))
        assert (done.returncode, done.stdout, done.stderr) == (0, "nothing to do: no spec is listed\n", "")

    @pytest.mark.parametrize(
        "value, says",
        [
            ({"specs": [SPEC, spec_of(232)]}, ["specs[1]: ", spec_of(232), "14.5 blocks"]),
            ({"specs": [SPEC, {"spec": "x"}]}, ["specs[1]: ", "'x'", "expected FORMAT_OP"]),
            ({"specs": [SPEC, SPEC, 4096]}, "specs[2]: must be a string or an object; it is 4096"),
            ({"specs": [SPEC], "spec": 1}, ['"spec" is not a key here', "did you mean 'specs'?"]),
            ({"specs": ["\x1b[31m"]}, "specs[0]: byte 1 is 0x1b"),
            ('{"specs": [', "is not valid JSON or is cut off"),
        ],
    )
    def test_what_is_wrong_is_named_and_nothing_is_compiled(self, fp4jit, manifest, value, says):
        plan = manifest(value)
        fp4jit.refused(2, "prewarm", "--manifest", plan, says=[str(plan), *([says] if isinstance(says, str) else says)])
        assert not fp4jit.cache.exists()
