#include "sim/ns3/clock.h"

#include <cstdio>
#include <exception>
#include <iostream>
#include <ns3/nstime.h>
#include <ns3/rng-seed-manager.h>
#include <ns3/simulator.h>
#include <sstream>
#include <string>
#include <unistd.h>

namespace
{

enum { FAILED = 1 };

const char *doing;

/* What ns-3 says while it works; what it has said last is why it ends the program. */
std::ostringstream &said()
{
    static auto *words = new std::ostringstream; /* as long as the program, whatever ends it */
    return *words;
}

/* "msg="...", file=..., line=7" of its fatal errors, on one line and without what follows. */
std::string last_words()
{
    std::string text = said().str();
    std::size_t end = text.find("NS_FATAL, terminating");
    if (end != std::string::npos)
        text.erase(end);
    std::size_t from = text.rfind("msg=\"");
    if (from != std::string::npos)
        text.erase(0, from);
    while (!text.empty() && text.back() == '\n')
        text.pop_back();
    for (char &c : text)
        c = c == '\n' ? ' ' : c;
    return text;
}

[[noreturn]] void last_sentence()
{
    std::string text = last_words();
    if (text.empty()) {
        struct ns3_why why = {"it ended the program without a word"};
        try {
            if (std::current_exception())
                throw;
        } catch (...) {
            (void)ns3_caught(&why);
        }
        text = why.text;
    }
    (void)std::fprintf(stderr, "error: %s: %s\n", doing ? doing : "ns-3", text.c_str());
    (void)std::fflush(stderr);
    _exit(FAILED);
}

void wake(void (*fn)(void *owner, uint64_t number), void *owner, uint64_t number)
{
    fn(owner, number);
}

} // namespace

bool ns3_caught(struct ns3_why *why)
{
    try {
        throw;
    } catch (const std::exception &e) {
        (void)std::snprintf(why->text, sizeof why->text, "ns-3: %s", e.what());
    } catch (...) {
        (void)std::snprintf(why->text, sizeof why->text, "ns-3 threw something without words");
    }
    return false;
}

void ns3_clock_begin(uint32_t seed, uint64_t run)
{
    std::cerr.rdbuf(said().rdbuf());
    std::set_terminate(last_sentence);
    ns3::RngSeedManager::SetSeed(seed);
    ns3::RngSeedManager::SetRun(run);
}

void ns3_clock_doing(const char *what)
{
    doing = what;
}

int64_t ns3_clock_now(void)
{
    return ns3::Simulator::Now().GetNanoSeconds();
}

bool ns3_clock_wake(int64_t delay, void (*fn)(void *owner, uint64_t number), void *owner,
                    uint64_t number, struct ns3_why *why)
{
    if (delay < 0) { /* its clock would run backwards, without a word */
        (void)std::snprintf(why->text, sizeof why->text, "a wake %lld ns ago",
                            static_cast<long long>(-delay));
        return false;
    }
    try {
        (void)ns3::Simulator::Schedule(ns3::NanoSeconds(static_cast<uint64_t>(delay)), &wake, fn,
                                       owner, number);
    } catch (...) {
        return ns3_caught(why);
    }
    return true;
}

bool ns3_clock_run(struct ns3_why *why)
{
    try {
        ns3::Simulator::Run();
    } catch (...) {
        return ns3_caught(why);
    }
    return true;
}

void ns3_clock_halt(void)
{
    ns3::Simulator::Stop();
}

void ns3_clock_end(void)
{
    try {
        ns3::Simulator::Destroy();
    } catch (...) { /* the run is over: what it leaves behind is nobody's */
    }
}
