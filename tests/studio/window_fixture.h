// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "support/shared_data.h"
#include "watchdog.h"

#include <studio/views/encodings/encodings_view.h>
#include <studio/views/graph/graph_view.h>
#include <studio/views/layers/layers_panel.h>
#include <studio/views/timeline/timeline_view.h>
#include <studio/window/main_window.h>

#include <gtest/gtest.h>

#include <QApplication>
#include <QDialogButtonBox>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QLineEdit>
#include <QPushButton>
#include <QSettings>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

#include <functional>
#include <memory>

namespace nordlys::studio::test {

inline QString digitsModel() { return QString::fromStdString((nordlys::test::digitsPath() / "digits.onnx").string()); }

/// Waits, with the event loop running, until `done` or the time is over. Returns what `done` says at the end.
inline bool waitUntil(const std::function<bool()> &done, int milliseconds = 30000) { return QTest::qWaitFor(done, milliseconds); }

/// A window with settings of its own in a temporary folder.
class WindowTest : public testing::Test {
protected:
    void SetUp() override
    {
        ASSERT_TRUE(folder.isValid());
        QCoreApplication::setOrganizationName(QStringLiteral("NordlysTest"));
        QSettings::setDefaultFormat(QSettings::IniFormat);
        QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, folder.filePath(QStringLiteral("settings")));
        qputenv("NORDLYS_RECOVERY_DIR", folder.filePath(QStringLiteral("recovery")).toUtf8());
        openWindow();
    }
    void TearDown() override
    {
        window.reset();
        joinJobThreads();
    }
    void openWindow()
    {
        window = std::make_unique<MainWindow>();
        window->show();
        ASSERT_TRUE(QTest::qWaitForWindowExposed(window.get()));
        window->activateWindow();
        ASSERT_TRUE(QTest::qWaitForWindowActive(window.get()));
    }
    void openDigits()
    {
        window->openPath(digitsModel());
        ASSERT_TRUE(waitUntil([this] { return window->workspace().document() != nullptr && !window->isBusy(); }));
    }
    /// Answers the next modal dialog of type T with `answer`, as soon as it is there.
    template <typename T>
    void whenDialog(std::function<void(T *)> answer)
    {
        auto *poll = new QTimer(window.get());
        poll->setInterval(10);
        QObject::connect(poll, &QTimer::timeout, window.get(), [poll, answer] {
            auto *dialog = qobject_cast<T *>(QApplication::activeModalWidget());
            if (!dialog)
                return;
            poll->stop();
            poll->deleteLater();
            answer(dialog);
        });
        poll->start();
    }
    /// Sets folder and name in the next file dialog and accepts it.
    void whenFileDialog(const QString &path)
    {
        whenDialog<QFileDialog>([path](QFileDialog *dialog) {
            dialog->setDirectory(QFileInfo(path).absolutePath());
            auto *name = dialog->findChild<QLineEdit *>(QStringLiteral("fileNameEdit"));
            ASSERT_NE(name, nullptr);
            name->setText(QFileInfo(path).fileName());
            // Its button waits for the folder to be read, which a headless platform may never report.
            ASSERT_TRUE(QMetaObject::invokeMethod(dialog, "accept"));
        });
    }
    static void pressAccept(QDialog *dialog)
    {
        auto *buttons = dialog->findChild<QDialogButtonBox *>();
        ASSERT_NE(buttons, nullptr);
        for (QAbstractButton *button : buttons->buttons()) {
            if (buttons->buttonRole(button) == QDialogButtonBox::AcceptRole) {
                // A file dialog enables it once it has read the folder.
                ASSERT_TRUE(QTest::qWaitFor([button] { return button->isEnabled(); }, 5000));
                QTest::mouseClick(button, Qt::LeftButton);
                return;
            }
        }
        FAIL() << "the dialog has no button to accept";
    }
    /// Opens the editor of a cell, types, and presses a key.
    void editCell(TableView &table, const QPersistentModelIndex &index, const QString &text, Qt::Key key = Qt::Key_Return)
    {
        QTest::qWait(20); // a view that was just shown gets its size from the event loop
        table.scrollTo(index);
        const QPoint at = table.visualRect(index).center();
        QTest::mouseClick(table.viewport(), Qt::LeftButton, Qt::NoModifier, at);
        QTest::mouseDClick(table.viewport(), Qt::LeftButton, Qt::NoModifier, at);
        auto *editor = table.viewport()->findChild<QLineEdit *>();
        ASSERT_NE(editor, nullptr) << "no editor opened for " << text.toStdString() << " in column " << index.column();
        editor->selectAll();
        QTest::keyClicks(editor, text);
        QTest::keyClick(editor, key);
        QCoreApplication::processEvents();
    }
    /// A key for the window's shortcuts. They work in the active window only, which a dialog may have been just now.
    void press(Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::NoModifier)
    {
        window->activateWindow();
        ASSERT_TRUE(QTest::qWaitForWindowActive(window.get()));
        QTest::keyClick(window.get(), key, modifiers);
    }
    template <typename T>
    T *child(const char *name)
    {
        return window->findChild<T *>(QString::fromLatin1(name));
    }

    QTemporaryDir folder;
    std::unique_ptr<MainWindow> window;
};

} // namespace nordlys::studio::test
