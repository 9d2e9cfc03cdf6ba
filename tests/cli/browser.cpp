// SPDX-License-Identifier: Apache-2.0
#include "browser.h"

#include "program.h"

#include <nlohmann/json.hpp>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <thread>

namespace nordlys::test {

namespace {

/// Runs a program with its outputs in files; false when it does not end by itself.
bool runTo(const std::vector<std::string> &arguments, const std::string &out, const std::string &err)
{
    const pid_t child = fork();
    if (child == 0) {
        setpgid(0, 0); // the browser's helpers end with it
        dup2(open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDOUT_FILENO);
        dup2(open(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDERR_FILENO);
        std::vector<char *> argv;
        for (const std::string &argument : arguments)
            argv.push_back(const_cast<char *>(argument.c_str()));
        argv.push_back(nullptr);
        execv(argv.front(), argv.data());
        _exit(127);
    }
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(90);
    int status = 0;
    while (std::chrono::steady_clock::now() < deadline) {
        if (waitpid(child, &status, WNOHANG) == child)
            return WIFEXITED(status) && WEXITSTATUS(status) == 0;
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    kill(-child, SIGKILL);
    waitpid(child, &status, 0);
    return false;
}

/// Addresses in the browser's own log of the network.
std::vector<std::string> requestsIn(const std::string &netLog, const std::string &page)
{
    std::vector<std::string> addresses;
    const auto log = nlohmann::json::parse(netLog, nullptr, false);
    if (log.is_discarded())
        return {"the network log cannot be read"};
    for (const auto &event : log.at("events")) {
        const auto params = event.find("params");
        if (params == event.end() || !params->is_object() || !params->contains("url") || !params->at("url").is_string())
            continue;
        const std::string url = params->at("url");
        // What the browser does for itself is not the page's: it has no initiator.
        const std::string initiator = params->value("initiator", std::string("not an origin"));
        if (initiator != "not an origin" && url != page)
            addresses.push_back(url);
    }
    return addresses;
}

} // namespace

std::string findBrowser()
{
    const char *path = std::getenv("PATH");
    std::stringstream folders(path ? path : "");
    for (std::string folder; std::getline(folders, folder, ':');) {
        for (const char *name : {"chromium", "chromium-browser", "google-chrome"}) {
            const std::string program = folder + "/" + name;
            if (access(program.c_str(), X_OK) == 0)
                return program;
        }
    }
    return {};
}

BrowserVisit visit(const std::string &browser, const std::filesystem::path &page, const std::string &fragment)
{
    const Scratch scratch;
    const std::string address = "file://" + page.string() + fragment;
    BrowserVisit result;
    result.finished =
        runTo({browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
               "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
               "--host-resolver-rules=MAP * ~NOTFOUND", "--user-data-dir=" + (scratch / "profile"),
               "--log-net-log=" + (scratch / "net.json"), "--window-size=1440,900", "--virtual-time-budget=4000",
               "--enable-logging=stderr", "--dump-dom", address},
              scratch / "dom.html", scratch / "log.txt");
    result.dom = readFile(scratch / "dom.html");
    std::istringstream log(readFile(scratch / "log.txt"));
    for (std::string line; std::getline(log, line);) {
        if (line.find("CONSOLE") != std::string::npos)
            result.complaints.push_back(line);
    }
    result.requests = requestsIn(readFile(scratch / "net.json"), address);
    return result;
}

} // namespace nordlys::test
