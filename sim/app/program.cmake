# The program: main.c, and everything else of sim/app as a library that tests can link too.
file(GLOB app_sources CONFIGURE_DEPENDS sim/app/*.c)
list(REMOVE_ITEM app_sources ${PROJECT_SOURCE_DIR}/sim/app/main.c)
set(app_parts sim_batch sim_live sim_mobility analysis traces scenarios models_node PkgConfig::JANSSON)
if(app_sources)
    find_package(Git QUIET)
    if(GIT_FOUND)
        execute_process(COMMAND ${GIT_EXECUTABLE} -C ${PROJECT_SOURCE_DIR} describe --always --dirty
                        OUTPUT_VARIABLE git OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
    endif()
    set_source_files_properties(sim/app/cmd_version.c PROPERTIES
        COMPILE_DEFINITIONS "MONAMI_GIT=\"${git}\"")
    set(library ${CMAKE_CURRENT_BINARY_DIR}/library_files.c)
    file(GLOB library_files CONFIGURE_DEPENDS scenarios/*.yaml scenarios/ike/*.yaml
         scenarios/ietf68/*.yaml scenarios/attacks/*.yaml scenarios/comparisons/*.yaml
         scenarios/traces/* scenarios/profiles/* scenarios/certs/*)
    add_custom_command(OUTPUT ${library} VERBATIM
        COMMAND ${CMAKE_COMMAND} -DFOLDER=${PROJECT_SOURCE_DIR}/scenarios -DTO=${library}
                -P ${PROJECT_SOURCE_DIR}/sim/app/embed.cmake
        DEPENDS ${library_files} ${PROJECT_SOURCE_DIR}/sim/app/embed.cmake)
    add_library(sim_app STATIC ${app_sources} ${library})
    target_link_libraries(sim_app PUBLIC ${app_parts})
    add_executable(monami sim/app/main.c)
    target_link_libraries(monami PRIVATE sim_app)
else()
    add_library(sim_app INTERFACE)
    target_link_libraries(sim_app INTERFACE ${app_parts})
endif()
