"""Names in three scripts and the systems that write Chinese ones in Latin letters. Pure: text in, forms out."""
