// SPDX-License-Identifier: Apache-2.0
#include "error.h"

namespace nordlys::core {

int exitCodeOf(ErrorCode code)
{
    switch (code) {
    case ErrorCode::GateFailed: return 1;
    case ErrorCode::Usage: return 2;
    case ErrorCode::BadInput: return 3;
    case ErrorCode::Device: return 4;
    case ErrorCode::NotSupported: return 5;
    case ErrorCode::CannotWrite: return 6;
    case ErrorCode::Interrupted: return 130;
    case ErrorCode::Internal: return 70;
    }
    return 70;
}

std::string Error::text() const
{
    std::string line = what;
    if (!why.empty())
        line += (line.empty() ? "" : ": ") + why;
    if (!fix.empty()) {
        if (!line.empty() && line.back() != '.')
            line += '.';
        line += ' ' + fix;
    }
    for (char &c : line) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
            c = '?';
    }
    return line;
}

static Error make(ErrorCode code, std::string what, std::string why, std::string fix)
{
    return Error{code, std::move(what), std::move(why), std::move(fix), {}};
}

Error badInput(std::string what, std::string why, std::string fix) { return make(ErrorCode::BadInput, std::move(what), std::move(why), std::move(fix)); }
Error notSupported(std::string what, std::string why, std::string fix) { return make(ErrorCode::NotSupported, std::move(what), std::move(why), std::move(fix)); }
Error cannotWrite(std::string what, std::string why, std::string fix) { return make(ErrorCode::CannotWrite, std::move(what), std::move(why), std::move(fix)); }
Error deviceError(std::string what, std::string why, std::string fix) { return make(ErrorCode::Device, std::move(what), std::move(why), std::move(fix)); }
Error usageError(std::string what, std::string why, std::string fix) { return make(ErrorCode::Usage, std::move(what), std::move(why), std::move(fix)); }
Error interrupted(std::string what) { return make(ErrorCode::Interrupted, std::move(what), "interrupted", {}); }
Error internalError(std::string what, std::string why) { return make(ErrorCode::Internal, std::move(what), std::move(why), "Please report this with the file that caused it."); }

} // namespace nordlys::core
