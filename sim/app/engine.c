#include "sim/app/engine.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/app/cli.h"
#include "sim/app/interrupt.h"
#include "sim/app/version.h"
#include "sim/base/path.h"

enum { PATH_ROOM = 4096, SAID = 240, SIGNAL = 128 };

const char *engine_build(struct arena *arena)
{
    return arena_format(arena, "%s (%s)", MONAMI_VERSION, version_git());
}

/* ---- where it is ----------------------------------------------------------------------------- */

static const char program[] = "monami-ns3";

/* Beside this program, or where an installation keeps what only programs start. */
static const char *find_program(struct arena *arena)
{
    static const char *const places[] = {"", "../libexec/monami/"};
    char self[PATH_ROOM];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (n <= 0)
        return NULL;
    self[n] = '\0';
    const char *folder = path_folder(self, arena);
    for (size_t k = 0; k < sizeof places / sizeof places[0]; k++) {
        const char *path = arena_format(arena, "%s/%s%s", folder, places[k], program);
        if (!access(path, X_OK))
            return path;
    }
    return NULL;
}

static const char *sentence(struct arena *arena)
{
    return arena_format(arena,
                        "general.engine: ns3 is a program of its own, %s, and is neither beside "
                        "this one nor in ../libexec/monami: build it where ns-3 is (Debian: "
                        "libns3-dev) with cmake -DNS3=ON; see docs/ns3.md",
                        program);
}

const char *engine_lacks(const struct scenario *s, struct arena *arena)
{
    bool elsewhere = s->general.engine != ENGINE_NATIVE && !engine_here();
    return elsewhere && !find_program(arena) ? sentence(arena) : NULL;
}

/* ---- what it is told: pairs of words, and then the command of the user -------------------------
 */

struct words {
    struct arena *arena;
    const char **word;
    size_t n;
};

static void say(struct words *w, const char *name, const char *value)
{
    if (!value)
        return;
    w->word[w->n++] = name;
    w->word[w->n++] = value;
}

static char *const *words_of(const struct run_options *how, const char *path, int tell,
                             struct arena *arena)
{
    struct words w = {.arena = arena};
    size_t room = 32 + 2 * (how->sets + how->parameters) + (size_t)how->argc;
    w.word = arena_take(arena, room * sizeof *w.word);
    w.word[w.n++] = path;
    w.word[w.n++] = "one";
    say(&w, "build", engine_build(arena));
    say(&w, "tell", arena_format(arena, "%d", tell));
    say(&w, "file", how->file);
    say(&w, "copy", how->copy);
    for (size_t k = 0; k < how->sets; k++)
        say(&w, "set", how->set[k]);
    say(&w, "dir", how->dir);
    say(&w, "database", how->database);
    say(&w, "key", how->key);
    say(&w, "force", how->force ? "yes" : NULL);
    say(&w, "progress", arena_format(arena, "%d", (int)how->progress));
    say(&w, "many", how->many ? "yes" : NULL);
    say(&w, "pcap", how->pcap);
    for (size_t k = 0; k < how->parameters; k++)
        say(&w, "parameter",
            arena_format(arena, "%s=%s", how->parameter[k].name, how->parameter[k].value));
    w.word[w.n++] = "command";
    for (int k = 0; k < how->argc; k++)
        w.word[w.n++] = how->argv[k];
    return (char *const *)(void *)w.word; /* execv() changes none of them */
}

/* ---- what it tells --------------------------------------------------------------------------- */

void engine_tell(int to, const struct run_outcome *o)
{
    char text[HASH_TEXT + 64];
    int n =
        snprintf(text, sizeof text, "%d %d %zu %s\n", o->whole, o->outside, o->unmet, o->digest);
    if (write(to, text, (size_t)n) != n)
        (void)cli_wrong("nobody hears how the run went: %s", strerror(errno));
}

static void hear(const char *text, struct run_outcome *o)
{
    char *end;
    o->whole = strtol(text, &end, 10) == 1;
    o->outside = strtol(end, &end, 10) == 1 || !*text; /* ns-3 ended it where it stood */
    o->unmet = strtoul(end, &end, 10);
    if (!o->whole || *end != ' ')
        return;
    (void)snprintf(o->digest, sizeof o->digest, "%.*s", (int)strcspn(end + 1, "\n"), end + 1);
}

/* To the end of what is written to `from`, of which the end is kept where it is too long. Who waits
 * here is woken by signals; the first is passed on, since only a terminal sends one to both. */
static void listen_to(int from, pid_t child, char *text, size_t room)
{
    size_t n = 0;
    bool told = false;
    for (;;) {
        if (n == room - 1) { /* the last words count */
            n = room / 2;
            memmove(text, text + room - 1 - n, n);
        }
        ssize_t got = read(from, text + n, room - 1 - n);
        if (got == 0 || (got < 0 && errno != EINTR))
            break;
        n += got > 0 ? (size_t)got : 0;
        if (got < 0 && interrupted() && !told)
            told = !kill(child, SIGTERM);
    }
    text[n] = '\0';
}

static int wait_for(pid_t child)
{
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    return status;
}

/* ---- a run ----------------------------------------------------------------------------------- */

static void become(const char *path, char *const *word, pid_t parent)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() == parent)
        (void)execv(path, word);
    (void)fprintf(stderr, "error: %s: %s\n", path, strerror(errno));
    _exit(CLI_FAILED);
}

static int failed(const char *path)
{
    (void)cli_wrong("%s: %s", path, strerror(errno));
    return CLI_FAILED;
}

static int run_there(const char *path, const struct run_options *how, struct run_outcome *outcome,
                     struct arena *arena)
{
    int ends[2];
    char text[HASH_TEXT + 64];
    pid_t parent = getpid();
    if (pipe(ends))
        return failed(path);
    char *const *word = words_of(how, path, ends[1], arena);
    (void)fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        (void)close(ends[0]);
        become(path, word, parent);
    }
    (void)close(ends[1]);
    if (child > 0)
        listen_to(ends[0], child, text, sizeof text);
    (void)close(ends[0]);
    if (child < 0)
        return failed(path);
    int status = wait_for(child);
    if (WIFSIGNALED(status)) {
        (void)cli_wrong("%s was ended by signal %d (%s): there are no results", path,
                        WTERMSIG(status), strsignal(WTERMSIG(status)));
        outcome->outside = true;
        return interrupted() ? CLI_INTERRUPTED : SIGNAL + WTERMSIG(status);
    }
    hear(text, outcome);
    return WEXITSTATUS(status);
}

int engine_elsewhere(const struct run_options *how, struct run_outcome *outcome)
{
    struct arena arena = {0};
    int code = CLI_USAGE;
    const char *path = find_program(&arena);
    *outcome = (struct run_outcome){.unmet = 0};
    if (path) {
        code = run_there(path, how, outcome, &arena);
    } else {
        (void)cli_wrong("%s", sentence(&arena));
    }
    arena_release(&arena);
    return code;
}

/* ---- a trial --------------------------------------------------------------------------------- */

/* The last line that says anything, without what terminates a program says of itself. */
static void last_words(const char *said, char out[SAID])
{
    const char *best = said;
    size_t n = strcspn(said, "\n");
    for (const char *line = said; *line; line += strcspn(line, "\n"), line += *line == '\n') {
        size_t len = strcspn(line, "\n");
        if (len > 0 && strncmp(line, "terminate called", 16) != 0) {
            best = line;
            n = len;
        }
    }
    size_t label = strncmp(best, "error: ", 7) ? 0 : 7;
    (void)snprintf(out, SAID, "%.*s", (int)(n - label), best + label);
}

static void try_here(const struct scenario *s, struct arena *arena)
{
    struct world w;
    const struct world_engine *engine = engine_here();
    world_build_foreign(&w, s, arena, (uint64_t)s->general.seed, (uint64_t)s->general.replication,
                        engine);
    if (w.foreign->st)
        (void)fprintf(stderr, "%s\n", w.foreign->why.text);
    (void)fflush(NULL);
    _exit(w.foreign->st ? CLI_USAGE : CLI_DONE);
}

enum status engine_try(const struct scenario *s, struct why *w)
{
    struct arena arena = {0};
    char said[4096];
    char words[SAID];
    int ends[2];
    (void)fflush(NULL);
    if (pipe(ends))
        return why_set(w, ST_IO, "%s", strerror(errno));
    pid_t child = fork();
    if (child == 0) {
        (void)dup2(ends[1], STDERR_FILENO);
        (void)close(ends[0]);
        try_here(s, &arena);
    }
    (void)close(ends[1]);
    if (child > 0)
        listen_to(ends[0], child, said, sizeof said);
    (void)close(ends[0]);
    if (child < 0)
        return why_set(w, ST_IO, "%s", strerror(errno));
    int status = wait_for(child);
    if (WIFEXITED(status) && WEXITSTATUS(status) == CLI_DONE)
        return ST_OK;
    last_words(said, words);
    if (!*words && WIFSIGNALED(status))
        (void)snprintf(words, sizeof words, "ended by signal %d (%s)", WTERMSIG(status),
                       strsignal(WTERMSIG(status)));
    return why_set(w, ST_SYNTAX, "%s", words);
}
