/* Folders of results: whole or not at all, and nothing of anybody else's is touched. */
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analysis/export.h"
#include "sim/app/folder.h"

#include "tests/check.h"

#define BASE SCRATCH "/folders"

static struct why why;

static void write_file(const char *path)
{
    FILE *f = fopen(path, "w");
    if (!f || fputs(FOLDER_MARK "0\"}\n", f) < 0 || fclose(f))
        abort();
}

static void write_of_others(const char *folder, const char *name)
{
    char path[1300];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = mkdir(folder, 0777) ? NULL : fopen(path, "w");
    if (!f || fputs("{\"name\": \"mine\"}\n", f) < 0 || fclose(f))
        abort();
}

static bool there(const char *path)
{
    struct stat s;
    return !lstat(path, &s);
}

static void begin(void)
{
    if (folder_remove(BASE, &why) || mkdir(BASE, 0777))
        abort();
}

static void make(const char *path, const char *file)
{
    struct folder f;
    char name[1400];
    CHECK_EQ(folder_begin(&f, path, false, &why), ST_OK);
    (void)snprintf(name, sizeof name, "%s/%s", f.part, file);
    write_file(name);
    CHECK(!there(path));
    CHECK_EQ(folder_finish(&f, &why), ST_OK);
}

static void it_appears_whole(void)
{
    struct folder f;
    begin();
    make(BASE "/out", "manifest.json");
    CHECK(there(BASE "/out/manifest.json"));
    CHECK(!there(BASE "/out/" FOLDER_UNFINISHED));
    CHECK(!there(BASE "/out.part"));
    CHECK_EQ(folder_begin(&f, BASE "/out/", false, &why), ST_IO);
    CHECK(strstr(why.text, "exists already; --force replaces it") != NULL);
    CHECK_EQ(folder_begin(&f, BASE "/other", false, &why), ST_OK);
    folder_drop(&f);
    CHECK(!there(BASE "/other") && !there(BASE "/other.part"));
}

static void results_are_replaced_when_the_new_ones_are_whole(void)
{
    struct folder f;
    begin();
    make(BASE "/out", "study.json");
    CHECK_EQ(folder_begin(&f, BASE "/out", true, &why), ST_OK);
    CHECK(there(BASE "/out/study.json"));
    folder_drop(&f);
    CHECK(there(BASE "/out/study.json"));
    CHECK_EQ(folder_begin(&f, BASE "/out", true, &why), ST_OK);
    write_file(BASE "/out.part/manifest.json");
    CHECK_EQ(folder_finish(&f, &why), ST_OK);
    CHECK(there(BASE "/out/manifest.json") && !there(BASE "/out/study.json"));
    CHECK(!there(BASE "/out.replaced") && !there(BASE "/out.part"));
}

/* --force is for results: whatever else stands there was not made by us. */
static void what_others_made_is_not_replaced(void)
{
    static const char *const in_the_way[] = {BASE "/mine", BASE "/file", BASE "/link",
                                             BASE "/dir",  BASE "/page", BASE "/course"};
    struct folder f;
    begin();
    if (mkdir(BASE "/mine", 0777) || mkdir(BASE "/dir", 0777) ||
        mkdir(BASE "/dir/manifest.json", 0777))
        abort();
    write_file(BASE "/mine/thesis.txt");
    write_of_others(BASE "/page", "manifest.json"); /* of a web application */
    write_of_others(BASE "/course", "study.json");
    write_file(BASE "/file");
    make(BASE "/out", "manifest.json");
    if (symlink("out", BASE "/link"))
        abort();
    for (size_t k = 0; k < sizeof in_the_way / sizeof in_the_way[0]; k++) {
        CHECK_EQ(folder_begin(&f, in_the_way[k], true, &why), ST_IO);
        CHECK(strstr(why.text, "--force") != NULL);
    }
    CHECK(there(BASE "/page/manifest.json") && there(BASE "/course/study.json"));
    CHECK(there(BASE "/mine/thesis.txt") && there(BASE "/file") && there(BASE "/link"));
    CHECK(there(BASE "/out/manifest.json"));
    if (mkdir(BASE "/empty", 0777))
        abort();
    CHECK_EQ(folder_begin(&f, BASE "/empty", true, &why), ST_OK);
    CHECK_EQ(folder_finish(&f, &why), ST_OK);
}

static void make_export(const char *path, const char *begin)
{
    struct folder f;
    char name[1400];
    CHECK_EQ(folder_begin_export(&f, path, false, &why), ST_OK);
    (void)snprintf(name, sizeof name, "%s/" EXPORT_JSON, f.part);
    FILE *file = fopen(name, "w");
    if (!file || fputs(begin, file) < 0 || fclose(file))
        abort();
    CHECK_EQ(folder_finish(&f, &why), ST_OK);
}

/* An export replaces exports, and results replace results. */
static void exports_and_results_do_not_replace_each_other(void)
{
    static const char *const in_the_way[] = {BASE "/run", BASE "/study", BASE "/both",
                                             BASE "/other", BASE "/short"};
    struct folder f;
    begin();
    make(BASE "/run", "manifest.json");
    make(BASE "/study", "study.json");
    make_export(BASE "/tables", EXPORT_JSON_BEGIN "1\"\n}\n");
    make_export(BASE "/both", EXPORT_JSON_BEGIN "1\"\n}\n");
    write_file(BASE "/both/study.json");
    make_export(BASE "/other", "{\"export\": \"of another program\"}\n");
    make_export(BASE "/short", "{");
    for (size_t k = 0; k < sizeof in_the_way / sizeof in_the_way[0]; k++) {
        CHECK_EQ(folder_begin_export(&f, in_the_way[k], true, &why), ST_IO);
        CHECK(strstr(why.text, "was not made by monami export") != NULL);
        CHECK(there(in_the_way[k]));
    }
    CHECK_EQ(folder_begin(&f, BASE "/tables", true, &why), ST_IO);
    CHECK_EQ(folder_begin_export(&f, BASE "/tables", false, &why), ST_IO);
    CHECK(strstr(why.text, "--force replaces it") != NULL);
    CHECK_EQ(folder_begin_export(&f, BASE "/tables", true, &why), ST_OK);
    write_file(BASE "/tables.part/runs.csv");
    CHECK_EQ(folder_finish(&f, &why), ST_OK);
    CHECK(there(BASE "/tables/runs.csv") && !there(BASE "/tables/" EXPORT_JSON));
}

static void what_is_no_name_of_its_own_is_refused(void)
{
    static const char *const bad[] = {"",   "/",   "//",      ".",        "..",
                                      "./", "../", BASE "/.", BASE "/..", BASE "/../"};
    struct folder f;
    begin();
    for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
        CHECK_EQ(folder_begin(&f, bad[k], true, &why), ST_IO);
        CHECK(strstr(why.text, "cannot be the name of a new folder") != NULL);
    }
}

static void what_killed_runs_left_goes_and_nothing_else(void)
{
    struct folder f;
    begin();
    CHECK_EQ(folder_begin(&f, BASE "/out", false, &why), ST_OK);
    write_file(BASE "/out.part/half.sqlite"); /* and killed */
    CHECK_EQ(folder_begin(&f, BASE "/out", false, &why), ST_OK);
    CHECK(!there(BASE "/out.part/half.sqlite"));
    folder_drop(&f);
    if (mkdir(BASE "/out.part", 0777))
        abort();
    write_file(BASE "/out.part/spare.txt");
    CHECK_EQ(folder_begin(&f, BASE "/out", true, &why), ST_IO);
    CHECK(strstr(why.text, "is in the way") != NULL);
    CHECK(there(BASE "/out.part/spare.txt"));
}

/* Killed between the two renames: the former results have their name again. */
static void a_change_of_places_that_was_cut_is_taken_back(void)
{
    struct folder f;
    begin();
    make(BASE "/out", "manifest.json");
    if (rename(BASE "/out", BASE "/out.replaced"))
        abort();
    CHECK_EQ(folder_begin(&f, BASE "/out", false, &why), ST_IO);
    CHECK(there(BASE "/out/manifest.json") && !there(BASE "/out.replaced"));
    make(BASE "/out.replaced", "manifest.json"); /* killed after them: the new one is there */
    CHECK_EQ(folder_begin(&f, BASE "/out", true, &why), ST_OK);
    CHECK(!there(BASE "/out.replaced"));
    folder_drop(&f);
}

static void what_changed_meanwhile_stays(void)
{
    struct folder f;
    begin();
    CHECK_EQ(folder_begin(&f, BASE "/out", true, &why), ST_OK);
    if (mkdir(BASE "/out", 0777))
        abort();
    write_file(BASE "/out/thesis.txt");
    CHECK_EQ(folder_finish(&f, &why), ST_IO);
    CHECK(there(BASE "/out/thesis.txt"));
    folder_drop(&f);
}

CHECK_MAIN(CASE(it_appears_whole), CASE(results_are_replaced_when_the_new_ones_are_whole),
           CASE(what_others_made_is_not_replaced),
           CASE(exports_and_results_do_not_replace_each_other),
           CASE(what_is_no_name_of_its_own_is_refused),
           CASE(what_killed_runs_left_goes_and_nothing_else),
           CASE(a_change_of_places_that_was_cut_is_taken_back), CASE(what_changed_meanwhile_stays))
