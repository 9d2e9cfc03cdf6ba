// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractButton>

namespace nordlys::studio {

/// Header of a section of the inspector: chevron and title, a 1 px line above; opens and closes with click, Space, Enter.
class SectionHeader : public QAbstractButton
{
    Q_OBJECT

public:
    explicit SectionHeader(const QString& title, QWidget* parent = nullptr);

    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
};

/// A section: header and one content widget that it shows or hides.
class Section : public QWidget
{
    Q_OBJECT

public:
    explicit Section(const QString& title, QWidget* parent = nullptr);

    /// Takes ownership; replaces (and deletes) the former content.
    void setContent(QWidget* content);
    [[nodiscard]] QWidget* content() const { return m_content; }
    void setOpen(bool open);
    [[nodiscard]] bool isOpen() const;
    void setTitle(const QString& title);

Q_SIGNALS:
    void openChanged(bool open);

private:
    SectionHeader* m_header;
    QWidget* m_content = nullptr;
};

} // namespace nordlys::studio
