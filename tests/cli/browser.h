// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace nordlys::test {

/// What a headless browser made of a page.
struct BrowserVisit {
    bool finished = false;
    std::string dom;                     ///< the document after its scripts ran
    std::vector<std::string> complaints; ///< lines that the page put on the console, errors and warnings of the browser about it
    std::vector<std::string> requests;   ///< addresses that it wanted to load, but for the page itself
};

/// Chromium in PATH; empty where there is none.
std::string findBrowser();
/// Opens the page ("file.html#sort=p95") with a profile of its own and no way to any network.
BrowserVisit visit(const std::string &browser, const std::filesystem::path &page, const std::string &fragment = {});

} // namespace nordlys::test
