// SPDX-License-Identifier: GPL-3.0-or-later
// Every text of the studio has its Norwegian: what lupdate finds in the sources today against the translation file.
#include <gtest/gtest.h>

#include <QFile>
#include <QProcess>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QXmlStreamReader>

namespace nordlys::studio::test {
namespace {

struct Message {
    QString context, source, file;
    QStringList translations;
    bool isFinished = true, isNumerus = false;
};

std::vector<Message> messagesOf(const QString &path)
{
    std::vector<Message> messages;
    QFile file(path);
    EXPECT_TRUE(file.open(QIODevice::ReadOnly)) << path.toStdString();
    QXmlStreamReader xml(&file);
    QString context;
    while (!xml.atEnd()) {
        if (xml.readNext() != QXmlStreamReader::StartElement)
            continue;
        const auto name = xml.name();
        if (name == QLatin1String("name")) {
            context = xml.readElementText();
        } else if (name == QLatin1String("message")) {
            messages.push_back({context, {}, {}, {}});
            messages.back().isNumerus = xml.attributes().value(QLatin1String("numerus")) == QLatin1String("yes");
        } else if (messages.empty()) {
            continue;
        } else if (name == QLatin1String("location")) {
            messages.back().file = xml.attributes().value(QLatin1String("filename")).toString();
        } else if (name == QLatin1String("source")) {
            messages.back().source = xml.readElementText();
        } else if (name == QLatin1String("translation")) {
            messages.back().isFinished = xml.attributes().value(QLatin1String("type")).isEmpty();
            if (!messages.back().isNumerus)
                messages.back().translations << xml.readElementText();
        } else if (name == QLatin1String("numerusform")) {
            messages.back().translations << xml.readElementText();
        }
    }
    EXPECT_FALSE(xml.hasError()) << path.toStdString() << ": " << xml.errorString().toStdString();
    return messages;
}

QStringList placeholders(const QString &text)
{
    static const QRegularExpression pattern(QStringLiteral("%(?:L?\\d{1,2}|n)"));
    QStringList found;
    auto matches = pattern.globalMatch(text);
    while (matches.hasNext())
        found << matches.next().captured();
    found.removeDuplicates();
    found.sort();
    return found;
}

TEST(Translation, NothingIsUntranslated)
{
#ifndef NORDLYS_LUPDATE
    GTEST_SKIP() << "needs lupdate: install qt6-tools-dev-tools and qt6-l10n-tools";
#else
    const QTemporaryDir folder;
    ASSERT_TRUE(folder.isValid());
    const QString copy = folder.filePath(QStringLiteral("nordlys_nb.ts"));
    ASSERT_TRUE(QFile::copy(QStringLiteral(NORDLYS_SOURCE_DIR "/translations/nordlys_nb.ts"), copy));
    QProcess lupdate;
    lupdate.start(QStringLiteral(NORDLYS_LUPDATE), {QStringLiteral("-silent"), QStringLiteral("-locations"), QStringLiteral("absolute"),
                                                    QStringLiteral("-no-obsolete"), QStringLiteral(NORDLYS_SOURCE_DIR "/app/studio"),
                                                    QStringLiteral("-ts"), copy});
    ASSERT_TRUE(lupdate.waitForFinished(60000));
    ASSERT_EQ(lupdate.exitCode(), 0) << lupdate.readAllStandardError().toStdString();
    const std::vector<Message> messages = messagesOf(copy);
    ASSERT_GT(messages.size(), 300U) << "lupdate found hardly any text";
    for (const Message &message : messages) {
        const std::string what = message.file.section(QLatin1String("app/studio/"), -1).toStdString() + ": \"" + message.source.toStdString() + '"';
        EXPECT_TRUE(message.isFinished && !message.translations.isEmpty()) << "no Norwegian for " << what;
        for (const QString &translation : message.translations) {
            if (!message.isFinished)
                break;
            EXPECT_FALSE(translation.isEmpty()) << "empty Norwegian for " << what;
            QStringList wanted = placeholders(message.source), found = placeholders(translation);
            if (message.isNumerus) { // "one file" needs no number
                wanted.removeAll(QStringLiteral("%n"));
                found.removeAll(QStringLiteral("%n"));
            }
            EXPECT_EQ(found, wanted) << "other placeholders in the Norwegian of " << what << ": " << translation.toStdString();
            EXPECT_EQ(translation.endsWith(QChar(0x2026)), message.source.endsWith(QChar(0x2026)))
                << "an ellipsis says that more is asked: " << what;
        }
    }
#endif
}

} // namespace
} // namespace nordlys::studio::test
