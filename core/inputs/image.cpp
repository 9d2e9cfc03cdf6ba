// SPDX-License-Identifier: Apache-2.0
#include "image_codecs.h"

#include <core/base/mapped_file.h>

#include <new>
#include <string_view>

namespace nordlys::core {

Expected<Image> readImage(const std::filesystem::path &path)
{
    auto file = MappedFile::open(path);
    NORDLYS_TRY(file);
    const std::string what = path.string();
    const auto bytes = (*file)->bytes();
    const std::string_view start(reinterpret_cast<const char *>(bytes.data()), bytes.size());
    try {
        if (start.starts_with("\x89PNG\r\n\x1a\n"))
            return decodePng(bytes, what);
        if (start.starts_with("\xff\xd8\xff"))
            return decodeJpeg(bytes, what);
    } catch (const std::bad_alloc &) {
        return badInput(what, "there is not enough memory for the picture");
    }
    return badInput(what, "this is neither a PNG nor a JPEG picture");
}

} // namespace nordlys::core
