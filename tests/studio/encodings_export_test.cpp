// SPDX-License-Identifier: GPL-3.0-or-later
#include "window_fixture.h"

#include <studio/workspace/encodings_export.h>
#include <studio/workspace/quantizer.h>

#include <core/quantization/encoding_file.h>

namespace nordlys::studio::test {
namespace {

// As somebody's tool might lay it out: the spaces and the unknown key are what must stay.
constexpr const char *kBefore = "{\"version\": \"1.0.0\",   \"producer_note\": \"bench 7\",\n \"activation_encodings\": [\n";
constexpr const char *kImage = "   {\"name\":\"image\", \"enc_type\":\"PER_TENSOR\",\"dtype\":\"INT\",\"bw\":8,  \"is_sym\":false,\"scale\":[0.00390625],\"offset\":[0]}";
constexpr const char *kLogits = ",\n   {\"name\":\"logits\", \"enc_type\":\"PER_TENSOR\",\"dtype\":\"INT\",\"bw\":8,  \"is_sym\":false,\"scale\":[0.25],\"offset\":[-128]}";
constexpr const char *kAfter = "\n ],\n\t\"param_encodings\": [] }\n";

class EncodingsExport : public WindowTest {
protected:
    Workspace &workspace() { return window->workspace(); }
    void SetUp() override
    {
        WindowTest::SetUp();
        openDigits();
    }
    QString write(const QString &name, const QByteArray &text)
    {
        QFile file(folder.filePath(name));
        EXPECT_TRUE(file.open(QIODevice::WriteOnly) && file.write(text) == text.size());
        return file.fileName();
    }
    static QByteArray bytesOf(const QString &path)
    {
        QFile file(path);
        EXPECT_TRUE(file.open(QIODevice::ReadOnly));
        return file.readAll();
    }
    void import(const QString &path)
    {
        window->quantizer().importEncodings(path);
        ASSERT_TRUE(waitUntil([this] { return !window->isBusy(); }));
        ASSERT_TRUE(workspace().encodings().find("logits"));
    }
    /// Exports and returns what the window says: the notice, or the error.
    QString exported(const QString &path, core::EncodingDialect dialect)
    {
        QString said;
        const auto notice = QObject::connect(&workspace(), &Workspace::notice, &workspace(), [&](const QString &text) { said = text; });
        const auto failed = QObject::connect(&workspace(), &Workspace::failed, &workspace(),
                                             [&](const core::Error &error) { said = QString::fromStdString("error: " + error.text()); });
        window->quantizer().exportEncodings(path, dialect);
        EXPECT_TRUE(waitUntil([&] { return !said.isEmpty() && !window->isBusy(); }));
        QObject::disconnect(notice);
        QObject::disconnect(failed);
        return said;
    }
    core::EncodingSet read(const QString &path)
    {
        const auto file = core::readEncodings(path.toStdString(), &workspace().document()->graph());
        EXPECT_TRUE(file) << file.error().text();
        return file ? file->set : core::EncodingSet();
    }
};

TEST_F(EncodingsExport, OntoTheImportedFileChangesTheEditedEntryAlone)
{
    const QByteArray text = QByteArray(kBefore) + kImage + kLogits + kAfter;
    const QString path = write(QStringLiteral("given.json"), text);
    import(path);
    exported(path, core::EncodingDialect::List100);
    EXPECT_EQ(bytesOf(path), text) << "nothing was edited";

    ASSERT_TRUE(window->showView(QStringLiteral("encodings")));
    EncodingsView &view = window->encodingsView();
    const auto *sorted = static_cast<QAbstractProxyModel *>(view.table().model());
    const int row = view.model().rowOf(workspace().document()->findTensor("logits"));
    editCell(view.table(), sorted->mapFromSource(view.model().index(row, EncodingsModel::Bits)), QStringLiteral("16"));
    ASSERT_EQ(workspace().encodings().find("logits")->encoding.bitwidth, 16);
    const QString said = exported(path, core::EncodingDialect::List100);
    EXPECT_TRUE(said.contains(QLatin1String("updated"))) << said.toStdString();
    const QByteArray now = bytesOf(path), head = QByteArray(kBefore) + kImage;
    EXPECT_TRUE(now.startsWith(head)) << now.toStdString();
    EXPECT_TRUE(now.endsWith(kAfter)) << now.toStdString();
    EXPECT_TRUE(now.mid(head.size()).contains("\"bw\":16")) << now.toStdString();
    EXPECT_EQ(read(path).entries.at("logits").encoding, workspace().encodings().find("logits")->encoding);
}

TEST_F(EncodingsExport, EveryOfferedFormCanBeReadAgain)
{
    import(write(QStringLiteral("given.json"), QByteArray(kBefore) + kImage + kLogits + kAfter));
    const core::EncodingSet wanted = workspace().encodings();
    for (const QString &filter : encodingNameFilters()) {
        const core::EncodingDialect dialect = dialectOfNameFilter(filter);
        const QString path = folder.filePath(QStringLiteral("out%1").arg(dialect == core::EncodingDialect::Qdq ? QLatin1String(".onnx") : QLatin1String(".json")));
        QFile::remove(path);
        const QString said = exported(path, dialect);
        EXPECT_FALSE(said.startsWith(QLatin1String("error"))) << filter.toStdString() << ": " << said.toStdString();
        const core::EncodingSet back = read(path);
        for (const char *tensor : {"image", "logits"}) {
            ASSERT_TRUE(back.find(tensor)) << filter.toStdString();
            EXPECT_EQ(back.find(tensor)->encoding.grids, wanted.find(tensor)->encoding.grids) << filter.toStdString();
        }
    }
}

TEST_F(EncodingsExport, TheOpenModelIsNotOverwritten)
{
    const QString model = folder.filePath(QStringLiteral("net.onnx"));
    ASSERT_TRUE(QFile::copy(digitsModel(), model));
    const QByteArray before = bytesOf(model);
    window->openPath(model);
    ASSERT_TRUE(waitUntil([this] { return workspace().document()->path.filename() == "net.onnx" && !window->isBusy(); }));
    import(write(QStringLiteral("given.json"), QByteArray(kBefore) + kImage + kLogits + kAfter));
    const QString said = exported(model, core::EncodingDialect::Qdq);
    EXPECT_TRUE(said.startsWith(QLatin1String("error")) && said.contains(QLatin1String("open model"))) << said.toStdString();
    EXPECT_EQ(bytesOf(model), before);
}

} // namespace
} // namespace nordlys::studio::test
