# cmake -DFOLDER=scenarios -DTO=library_files.c -P embed.cmake : the scenario library as C source,
# so that the program carries it.
cmake_minimum_required(VERSION 3.25)

set(most 262144) # bytes; a longer measured trace stays a file
set(files "")
foreach(group IN ITEMS *.yaml ike/*.yaml ietf68/*.yaml attacks/*.yaml comparisons/*.yaml traces/* profiles/* certs/*.pem certs/*.key)
    file(GLOB some RELATIVE ${FOLDER} ${FOLDER}/${group})
    list(APPEND files ${some})
endforeach()
set(texts "")
set(table "")
set(n 0)
foreach(file IN LISTS files)
    if(IS_DIRECTORY ${FOLDER}/${file})
        continue()
    endif()
    file(SIZE ${FOLDER}/${file} size)
    if(size GREATER most)
        continue()
    endif()
    file(READ ${FOLDER}/${file} hex HEX)
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
    string(APPEND texts "static const unsigned char file_${n}[] = {${bytes}0x00};\n")
    string(APPEND table "    {\"${file}\", file_${n}, sizeof file_${n} - 1},\n")
    math(EXPR n "${n} + 1")
endforeach()
file(WRITE ${TO} "/* Made by embed.cmake. */\n#include \"sim/world/library.h\"\n\n${texts}\n"
     "const struct library_file library_files[] = {\n${table}    {NULL, NULL, 0},\n};\n")
