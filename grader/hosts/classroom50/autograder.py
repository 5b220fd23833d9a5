"""Grades with the SD3 workshop's kit under Classroom 50.

Put it at CLASSROOM/autograders/ASSIGNMENT/autograder.py, set the two constants, and give the assignment the runtime
{"node": "22"} and the release asset "report.html". The kit is fetched for each run: it does not fit into a bundle,
and a bundle is public. Needs git, Node 20.19 or newer, and nothing beyond Python's standard library.
"""

import os
import pathlib
import subprocess
import sys
import tempfile

KIT_REPOSITORY = os.environ.get("SD3_KIT_REPOSITORY", "https://github.com/YOUR-ORG/sd3-workshop")
KIT_COMMIT = os.environ.get("SD3_KIT_COMMIT", "0000000000000000000000000000000000000000")

# What the grader may know: the names the result needs, and no token.
PASSED_ON = [
    "PATH", "HOME", "LANG",
    "CLASSROOM", "ASSIGNMENT", "SUBMISSION_TAG", "USERNAME", "OWNER", "ASSIGNMENT_TYPE",
    "COMMIT_URL", "RELEASE_URL", "REVIEW_URL",
]


def fetch_kit(folder: pathlib.Path) -> None:
    def git(*args: str) -> None:
        subprocess.run(["git", "-C", str(folder), *args], check=True)

    folder.mkdir()
    git("init", "--quiet")
    git("fetch", "--quiet", "--depth", "1", KIT_REPOSITORY, KIT_COMMIT)
    git("checkout", "--quiet", "FETCH_HEAD")
    subprocess.run(["npm", "ci", "--omit=dev"], cwd=folder, check=True)


def committed_at(submission: pathlib.Path) -> str:
    """The commit's own time, so that grading again never makes a submission late."""
    command = ["git", "-c", "safe.directory=*", "-C", str(submission), "log", "-1", "--format=%cI"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def hand_over(source: pathlib.Path, target: pathlib.Path) -> None:
    """Writes a new file, whatever the submission has put in its place: a link would lead elsewhere."""
    if target.is_dir() and not target.is_symlink():
        raise SystemExit(f"{target.name} is a folder in the submission: it has to be a file of the grader's.")
    target.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    with os.fdopen(os.open(target, flags, 0o644), "wb") as file:
        file.write(source.read_bytes())


def main() -> int:
    submission = pathlib.Path.cwd()
    with tempfile.TemporaryDirectory(prefix="sd3-kit-") as temporary:
        kit, out = pathlib.Path(temporary, "kit"), pathlib.Path(temporary, "out")
        fetch_kit(kit)
        env = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        env["SUBMITTED_AT"] = committed_at(submission)
        command = [
            "node", "node_modules/tsx/dist/cli.mjs", "grader/cli.ts",
            "--submission", str(submission), "--out", str(out / "report"),
            "--write", f"classroom50={out}/result.json",
            "--write", f"github-summary={out}/release-body.md",
            "--write", f"html={out}/report.html",
        ]
        code = subprocess.run(command, cwd=kit, env=env, check=False).returncode
        # 1 says that points are missing, which the result tells. Above is a failure of the grader's.
        if code not in (0, 1):
            return 2
        for name in ("result.json", "release-body.md", "report.html"):
            hand_over(out / name, submission / name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
