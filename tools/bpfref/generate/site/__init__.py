"""What belongs beside the built pages and no site engine makes: data, Markdown, short addresses, guides."""
