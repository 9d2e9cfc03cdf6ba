// SPDX-License-Identifier: Apache-2.0
#include "image_codecs.h"

#include <csetjmp>
#include <cstdio> // jpeglib.h needs FILE and size_t
#include <cstring>

#include <jerror.h>
#include <jpeglib.h>

namespace nordlys::core {

namespace {

// A progressive file may ask for any number of passes over a large picture; real ones have about ten.
constexpr int kMaxScans = 200;

struct JpegJob {
    jpeg_decompress_struct codec = {};
    jpeg_error_mgr errors = {};
    jpeg_progress_mgr progress = {};
    std::jmp_buf jump;
    char message[JMSG_LENGTH_MAX] = {};
    bool created = false;

    JpegJob() = default;
    JpegJob(const JpegJob &) = delete;
    JpegJob &operator=(const JpegJob &) = delete;
    ~JpegJob()
    {
        if (created)
            jpeg_destroy_decompress(&codec);
    }
};

void onError(j_common_ptr codec)
{
    auto *job = static_cast<JpegJob *>(codec->client_data);
    codec->err->format_message(codec, job->message);
    std::longjmp(job->jump, 1);
}

// Warnings that change pixels (data missing or corrupt) are errors here; oddities of markers are not.
void onMessage(j_common_ptr codec, int level)
{
    if (level >= 0)
        return;
    switch (codec->err->msg_code) {
    case JWRN_EXTRANEOUS_DATA:
    case JWRN_JFIF_MAJOR:
    case JWRN_ADOBE_XFORM:
    case JWRN_BOGUS_PROGRESSION: return;
    default: onError(codec);
    }
}

void onProgress(j_common_ptr codec)
{
    auto *job = static_cast<JpegJob *>(codec->client_data);
    if (job->codec.input_scan_number > kMaxScans) {
        std::strncpy(job->message, "too many scans", sizeof job->message - 1);
        std::longjmp(job->jump, 1);
    }
}

void onOutput(j_common_ptr) {}

bool readHeader(JpegJob &job, std::span<const std::byte> file)
{
    if (setjmp(job.jump))
        return false;
    jpeg_create_decompress(&job.codec);
    job.created = true;
    job.codec.client_data = &job;
    job.codec.progress = &job.progress;
    jpeg_mem_src(&job.codec, reinterpret_cast<const unsigned char *>(file.data()), static_cast<unsigned long>(file.size()));
    jpeg_read_header(&job.codec, TRUE);
    return true;
}

bool start(JpegJob &job)
{
    if (setjmp(job.jump))
        return false;
    job.codec.out_color_space = job.codec.num_components == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_start_decompress(&job.codec);
    return true;
}

bool readPixels(JpegJob &job, std::uint8_t *pixels)
{
    if (setjmp(job.jump))
        return false;
    const std::size_t stride = std::size_t(job.codec.output_width) * static_cast<std::size_t>(job.codec.output_components);
    while (job.codec.output_scanline < job.codec.output_height) {
        JSAMPROW row = pixels + stride * job.codec.output_scanline;
        jpeg_read_scanlines(&job.codec, &row, 1);
    }
    jpeg_finish_decompress(&job.codec);
    return true;
}

} // namespace

Expected<Image> decodeJpeg(std::span<const std::byte> file, const std::string &what)
{
    JpegJob job;
    job.codec.err = jpeg_std_error(&job.errors);
    job.codec.client_data = &job;
    job.errors.error_exit = onError;
    job.errors.emit_message = onMessage;
    job.errors.output_message = onOutput;
    job.progress.progress_monitor = onProgress;
    const auto broken = [&] { return badInput(what, std::string("the JPEG file is broken (") + job.message + ")"); };
    if (!readHeader(job, file))
        return broken();
    const std::uint64_t pixels = std::uint64_t(job.codec.image_width) * job.codec.image_height;
    if (pixels == 0 || pixels > kMaxPixels) {
        return badInput(what, "the picture has " + std::to_string(job.codec.image_width) + "x" +
                                  std::to_string(job.codec.image_height) + " pixels, at most 100 million are read");
    }
    if (job.codec.num_components != 1 && job.codec.num_components != 3)
        return notSupported(
            what, "JPEG pictures with " + std::to_string(job.codec.num_components) + " colour components (CMYK) are not read",
            "Convert it to RGB.");
    if (!start(job))
        return broken();
    Image image{
        static_cast<int>(job.codec.output_width), static_cast<int>(job.codec.output_height), job.codec.output_components, {}};
    image.pixels.resize(static_cast<std::size_t>(pixels) * static_cast<std::size_t>(image.channels));
    if (!readPixels(job, image.pixels.data()))
        return broken();
    return image;
}

} // namespace nordlys::core
