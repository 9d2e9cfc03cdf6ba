// SPDX-License-Identifier: Apache-2.0
#include "image_codecs.h"

#include <png.h>

#include <csetjmp>
#include <cstring>

namespace nordlys::core {

namespace {

// Everything that must survive a longjmp out of libpng lives here, outside of the functions that call setjmp.
struct PngJob {
    png_structp png = nullptr;
    png_infop info = nullptr;
    std::span<const std::byte> file;
    std::size_t at = 0;
    char message[128] = {};
    png_uint_32 width = 0, height = 0;
    int channels = 0;
    std::size_t rowBytes = 0;

    PngJob() = default;
    PngJob(const PngJob &) = delete;
    PngJob &operator=(const PngJob &) = delete;
    ~PngJob() { png_destroy_read_struct(&png, &info, nullptr); }
};

void onError(png_structp png, png_const_charp message)
{
    auto *job = static_cast<PngJob *>(png_get_error_ptr(png));
    std::strncpy(job->message, message ? message : "unknown error", sizeof job->message - 1);
    std::longjmp(png_jmpbuf(png), 1);
}

void onWarning(png_structp, png_const_charp) {}

void onRead(png_structp png, png_bytep target, png_size_t size)
{
    auto *job = static_cast<PngJob *>(png_get_io_ptr(png));
    if (size > job->file.size() - job->at)
        png_error(png, "the file ends too early");
    std::memcpy(target, job->file.data() + job->at, size);
    job->at += size;
}

bool readHeader(PngJob &job)
{
    if (setjmp(png_jmpbuf(job.png)))
        return false;
    png_set_read_fn(job.png, &job, onRead);
    png_set_user_limits(job.png, 1'000'000, 1'000'000);
    png_set_chunk_malloc_max(job.png, 8'000'000);
    png_set_chunk_cache_max(job.png, 128);
    png_read_info(job.png, job.info);
    job.width = png_get_image_width(job.png, job.info);
    job.height = png_get_image_height(job.png, job.info);
    png_set_scale_16(job.png);
    png_set_expand(job.png); // palette to RGB, 1, 2, 4 bit grey to 8, tRNS to alpha
    png_set_interlace_handling(job.png);
    png_read_update_info(job.png, job.info);
    job.channels = png_get_channels(job.png, job.info);
    job.rowBytes = png_get_rowbytes(job.png, job.info);
    return true;
}

bool readPixels(PngJob &job, png_bytepp rows)
{
    if (setjmp(png_jmpbuf(job.png)))
        return false;
    png_read_image(job.png, rows);
    png_read_end(job.png, nullptr);
    return true;
}

Error broken(const PngJob &job, const std::string &what)
{
    return badInput(what, std::string("the PNG file is broken (") + job.message + ")");
}

// Over black: colour times alpha, rounded to nearest.
void dropAlpha(const std::vector<std::uint8_t> &source, int channels, Image &image)
{
    const auto colors = static_cast<std::size_t>(channels - 1);
    const std::size_t count = source.size() / (colors + 1);
    image.pixels.resize(count * colors);
    for (std::size_t i = 0; i < count; ++i) {
        const unsigned alpha = source[i * (colors + 1) + colors];
        for (std::size_t c = 0; c < colors; ++c)
            image.pixels[i * colors + c] = static_cast<std::uint8_t>((source[i * (colors + 1) + c] * alpha + 127U) / 255U);
    }
}

} // namespace

Expected<Image> decodePng(std::span<const std::byte> file, const std::string &what)
{
    PngJob job;
    job.file = file;
    job.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &job, onError, onWarning);
    if (job.png)
        job.info = png_create_info_struct(job.png);
    if (!job.png || !job.info)
        return internalError(what, "libpng did not start");
    if (!readHeader(job))
        return broken(job, what);
    const std::uint64_t pixels = std::uint64_t(job.width) * job.height;
    if (pixels == 0 || pixels > kMaxPixels)
        return badInput(what, "the picture has " + std::to_string(job.width) + "x" + std::to_string(job.height) +
                                  " pixels, at most 100 million are read");
    if (job.channels < 1 || job.channels > 4 || job.rowBytes != std::size_t(job.width) * static_cast<std::size_t>(job.channels))
        return notSupported(what, "this PNG colour type is not read");
    // Deflate cannot shrink by more than 1032, and a pixel takes at least one bit: a short file cannot hold a large picture.
    if (pixels / 8 / 1032 > file.size())
        return badInput(what,
                        "the file is too short for " + std::to_string(job.width) + "x" + std::to_string(job.height) + " pixels");
    Image image{static_cast<int>(job.width), static_cast<int>(job.height), job.channels <= 2 ? 1 : 3, {}};
    std::vector<std::uint8_t> decoded(job.rowBytes * job.height);
    std::vector<png_bytep> rows(job.height);
    for (std::size_t y = 0; y < rows.size(); ++y)
        rows[y] = decoded.data() + y * job.rowBytes;
    if (!readPixels(job, rows.data()))
        return broken(job, what);
    if (job.channels == 2 || job.channels == 4)
        dropAlpha(decoded, job.channels, image);
    else
        image.pixels = std::move(decoded);
    return image;
}

} // namespace nordlys::core
